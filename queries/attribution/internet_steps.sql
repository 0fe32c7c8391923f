-- What internet gateways and NAT gateways do with what a route sends to them.
-- https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
with own as (
    select
        interface_id,
        moment,
        bool_and(is_public) as all_public,
        bool_or(is_public) as any_public
    from public_addresses_at
    group by interface_id, moment
),

-- By way of a NAT gateway the source has a public address: that of the gateway.
outward as (
    select
        x.end_id, x.target, x.destination, x.family, e.is_private, i.late,
        case
            -- https://www.rfc-editor.org/rfc/rfc4193
            when x.family = 6 and exists (
                from interface_addresses as u
                where u.interface_id = x.interface_id and regexp_matches(u.address, '^f[cd]', 'i')
            ) then null
            when x.family = 6 then true
            when x.is_behind then false
            when o.all_public then true
            when not coalesce(o.any_public, false) then false
        end as is_public
    from exits as x
    inner join ends as e on x.end_id = e.end_id
    inner join interfaces_at as i on e.interface_id = i.interface_id and e.moment = i.moment
    left join own as o on x.interface_id = o.interface_id and x.moment = o.moment
    where x.target like 'igw-%'
    union all
    select h.end_id, h.target, h.destination, e.family, e.is_private, h.late, true
    from nat_hops as h
    inner join ends as e on h.end_id = e.end_id
    where h.target like 'igw-%'
)

select
    end_id,
    43 as place,
    'internet-gateway' as stage,
    'internet-gateway' as element_type,
    target as element_id,
    destination as rule,
    case
        when is_private or not is_public then 'block'
        when is_public then 'pass'
        else 'unknown'
    end as outcome,
    case when is_private or not is_public then 'no_public_ip' end as cause,
    not coalesce(late, false) as is_sure,
    case
        when is_private then
            'an internet gateway carries nothing to a private address, and no other route leads there'
        when is_public then 'leaves by it'
        when not is_public then 'the source has no public address'
        else 'some of the source''s addresses have no public one'
    end as note
from outward
union all
select
    x.end_id,
    40,
    'nat-gateway',
    'nat-gateway',
    x.target,
    n.nat_state,
    case
        when n.nat_state is null then 'unknown'
        when n.nat_state <> 'available' then 'block'
        when n.connectivity_type = 'private' then 'unknown'
        else 'pass'
    end,
    case
        when n.nat_state <> 'available' then 'route_blackhole'
        when n.connectivity_type = 'private' then 'beyond_middlebox'
    end,
    not coalesce(n.nat_late, false),
    case
        when n.nat_state is null then
            'the NAT gateway is in no snapshot: load describe-nat-gateways'
        when n.nat_state <> 'available' then 'it is ' || n.nat_state
        when n.connectivity_type = 'private' then
            'what lies beyond a private NAT gateway no snapshot says'
        else 'it carries TCP, UDP and ICMP'
    end
from exits as x
left join nat_entries as n on x.end_id = n.end_id
where x.target like 'nat-%' and (n.nat_state is not null or x.state is distinct from 'blackhole')
union all
select
    h.end_id,
    41,
    'route-table',
    'route-table',
    h.route_table_id,
    h.destination,
    case
        when h.route_table_id is null or h.is_ambiguous or len(h.unknown_lists) > 0 then 'unknown'
        when h.target is null and h.destination is not null then 'unknown'
        when h.target is null or h.state = 'blackhole' then 'block'
        when h.target like 'igw-%' then 'pass'
        else 'unknown'
    end,
    case
        when h.route_table_id is null or h.is_ambiguous or len(h.unknown_lists) > 0 then null
        when h.target is null and h.destination is not null then null
        when h.target is null then 'route_missing'
        when h.state = 'blackhole' then 'route_blackhole'
    end,
    not h.late,
    case
        when h.route_table_id is null then
            'the route table of the NAT gateway''s subnet is not known: load describe-route-tables'
        when h.target is null and h.destination is not null then
            'what the route to ' || h.destination || ' leads to is of no kind that is known'
        when h.target is null then 'no route leads on from the NAT gateway''s subnet'
        else 'leads from the NAT gateway''s subnet to ' || h.target
    end
from nat_hops as h
inner join nat_entries as n on h.end_id = n.end_id
where coalesce(n.connectivity_type, 'public') <> 'private'
