-- What was rejected or lost, and by what, cross-VPC traffic first.
-- param since      timestamptz  first start counted; NULL for all
-- param until      timestamptz  first start no longer counted; NULL for all
-- param owner_tag  varchar      the tag that names who owns a resource
with judged as (
    select
        *,
        coalesce(peer_vpc_id <> vpc_id or path in ('peering', 'transit-gateway'), false)
            as cross_vpc,
        cause in ('not_explained', 'no_tracked_connection', 'late_packet', 'unsolicited_packet')
            as is_one_finding,
        -- Within the organisation each refused port is a finding of its own. What the internet
        -- knocks on is one finding, and so is what no rule explains, and what comes late. Answers
        -- go to ever other ports: they are told by the one that they come from.
        case when leg = 'forward' and path <> 'internet' and not is_one_finding then dst_port end
            as finding_port,
        case when leg = 'reply' and not is_one_finding then src_port end as answering_port
    from verdicts
    where
        ($since::timestamptz is null or start_time >= $since)
        and ($until::timestamptz is null or start_time < $until)
),

owned as (
    select
        j.*,
        -- Without a direction neither end is known to be the peer.
        coalesce(j.peer_ip, j.src_ip || ' to ' || j.dst_ip) as peer,
        coalesce(o.value, ov.value) as owner,
        coalesce(p.value, pv.value) as peer_owner
    from judged as j
    left join current_tags as o on j.interface_id = o.resource_id and o.key = $owner_tag
    left join current_tags as ov on j.vpc_id = ov.resource_id and ov.key = $owner_tag
    left join current_tags as p on j.peer_interface_id = p.resource_id and p.key = $owner_tag
    left join current_tags as pv on j.peer_vpc_id = pv.resource_id and pv.key = $owner_tag
),

findings as (
    select
        cross_vpc,
        cause,
        alias,
        certainty,
        case when not is_one_finding then leg end as leg,
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
        finding_port as dst_port,
        answering_port as src_port,
        count(*) as records,
        cast(sum(packets) as bigint) as packets,
        cast(sum(bytes) as bigint) as bytes,
        min(start_time) as first_time,
        max(end_time) as last_time,
        count(distinct interface_id) as interfaces,
        list_sort(list_distinct(list(distinct interface_id)))[:10] as interface_ids,
        count(distinct peer) as peers,
        list_sort(list_distinct(list(distinct peer)))[:10] as peer_ips,
        list_sort(list_distinct(list(distinct peer_interface_id)))[:10] as peer_interface_ids,
        count(distinct dst_port) as ports,
        list_sort(list_distinct(list(distinct dst_port)))[:10] as dst_ports,
        list_sort(list_distinct(list(distinct owner)))[:10] as owners,
        list_sort(list_distinct(list(distinct peer_owner)))[:10] as peer_owners,
        blockers,
        arg_min(
            nearest_miss,
            {'start': start_time, 'object': object_id, 'line': line_number}
        ) as nearest_miss,
        min(observed_before) as observed_before,
        max(observed_after) as observed_after,
        bool_and(stable) as stable,
        -- How many whole days a snapshot was old when it judged, at most.
        cast(floor(max(epoch(start_time) - epoch(observed_before)) / 86400) as bigint)
            as snapshot_days,
        list_sort(list_distinct(flatten(
            list(distinct string_split(note, '; ')) filter (where note is not null)
        ))) as notes,
        -- What a remedy is tried with: who sent to whom, a port that it came from, and when last.
        {
            'ends': list_sort(list(distinct
                {'interface_id': interface_id, 'src_ip': src_ip, 'dst_ip': dst_ip}
            ) filter (where path <> 'internet' or direction = 'egress')),
            'source_port': min(src_port),
            'subnet_id': min(subnet_id),
            'last_start': max(start_time)
        } as tried
    from owned
    group by all
),

-- The ids of all elements that a finding names, and its end, which logs need not tell.
told as materialized (
    select
        *,
        list_distinct(flatten([
            string_split(id, ',')
            for id in list_append([blocker.element_id for blocker in blockers], element_id)
        ])) as elements,
        coalesce(last_time, tried.last_start) as ended
    from findings
),

-- When each element was last changed before the end of a finding that names it.
last_changes as (
    select
        f.ended,
        c.resource_id as element_id,
        max(c.not_before) as not_before,
        max(c.seen) as seen,
        max_by(c.event, (c.event.event_time, c.event.event_id)) as event
    from (select distinct ended, unnest(elements) as element_id from told) as f
    inner join resource_changes as c
        on f.element_id = c.resource_id and f.ended >= coalesce(c.event.event_time, c.seen)
    group by f.ended, c.resource_id
)

select
    * exclude (elements, ended),
    (
        -- An event of before the last observation without a change is not behind it.
        select
            list(
                {
                    'element_id': c.element_id,
                    'seen': c.seen,
                    'event': case
                        when c.not_before is null or c.event.event_time >= c.not_before then c.event
                    end
                }
                order by c.element_id
            )
        from last_changes as c
        where f.ended = c.ended and list_contains(f.elements, c.element_id)
    ) as changes,
    (
        select list({'id': resource_id, 'name': name} order by resource_id)
        from current_names
        where list_contains(list_concat(
            interface_ids, peer_interface_ids, [vpc_id, peer_vpc_id], elements
        ), resource_id)
    ) as names
from told as f
order by
    cross_vpc desc,
    path = 'internet' and cause = 'sg_ingress_miss',
    cause in ('not_explained', 'stage_unknown', 'interface_unknown'),
    records desc,
    cause, alias, leg, blockers::varchar, direction, vpc_id, peer_vpc_id, path, protocol, dst_port, src_port, certainty,
    account_id, peer_account_id, element_id
