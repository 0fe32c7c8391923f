-- What was rejected and by which rule, cross-VPC traffic first.
-- param since      timestamptz  first start counted; NULL for all
-- param until      timestamptz  first start no longer counted; NULL for all
-- param owner_tag  varchar      the tag that names who owns a resource
with judged as (
    select
        *,
        -- Within the organisation each port is a finding of its own; what the internet knocks on is one.
        path in ('local', 'peering', 'transit-gateway', 'unknown') as is_inside,
        peer_vpc_id <> vpc_id or path in ('peering', 'transit-gateway') as is_cross_vpc
    from verdicts
    where
        ($since::timestamptz is null or start_time >= $since)
        and ($until::timestamptz is null or start_time < $until)
),

owned as (
    select
        j.*,
        coalesce(o.value, ov.value) as owner,
        coalesce(p.value, pv.value) as peer_owner
    from judged as j
    left join current_tags as o on j.interface_id = o.resource_id and o.key = $owner_tag
    left join current_tags as ov on j.vpc_id = ov.resource_id and ov.key = $owner_tag
    left join current_tags as p on j.peer_interface_id = p.resource_id and p.key = $owner_tag
    left join current_tags as pv on j.peer_vpc_id = pv.resource_id and pv.key = $owner_tag
)

select
    coalesce(is_cross_vpc, false) as cross_vpc,
    cause,
    alias,
    certainty,
    element_type,
    element_id,
    rule,
    direction,
    path,
    vpc_id,
    account_id,
    peer_vpc_id,
    peer_account_id,
    protocol,
    case when is_inside then dst_port end as dst_port,
    count(*) as records,
    cast(sum(packets) as bigint) as packets,
    cast(sum(bytes) as bigint) as bytes,
    min(start_time) as first_time,
    max(end_time) as last_time,
    list_sort(list(distinct interface_id) filter (where interface_id is not null))[:10]
        as interface_ids,
    count(distinct peer_ip) as peers,
    list_sort(list(distinct peer_ip) filter (where peer_ip is not null))[:10]
        as peer_ips,
    list_sort(list(distinct peer_interface_id) filter (where peer_interface_id is not null))[:10]
        as peer_interface_ids,
    count(distinct dst_port) as ports,
    list_sort(list(distinct dst_port) filter (where dst_port is not null))[:10]
        as dst_ports,
    list_sort(list(distinct owner) filter (where owner is not null))
        as owners,
    list_sort(list(distinct peer_owner) filter (where peer_owner is not null))
        as peer_owners,
    any_value(blockers) as blockers,
    arg_min(nearest_miss, start_time) as nearest_miss,
    min(observed_before) as observed_before,
    max(observed_after) as observed_after,
    bool_and(stable) as stable,
    list_sort(list_distinct(flatten(
        list(distinct string_split(note, '; ')) filter (where note is not null)
    ))) as notes
from owned
group by
    coalesce(is_cross_vpc, false), cause, alias, certainty, element_type, element_id, rule,
    direction, path, vpc_id, account_id, peer_vpc_id, peer_account_id, protocol,
    case when is_inside then dst_port end
order by
    cross_vpc desc,
    cause in ('not_explained', 'stage_unknown', 'interface_unknown'),
    path = 'internet',
    records desc,
    cause, element_id, rule, direction, vpc_id, peer_vpc_id, protocol, dst_port, certainty
