-- What the gateways, endpoints and appliances do that a route leads to. What lies beyond most of
-- them no snapshot says. A transit gateway keeps what comes from one Availability Zone in it: an
-- answer from another zone meets another appliance than what it answers, save by an attachment whose
-- appliance mode is on.
-- https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
with by_zone as (
    select distinct l.end_id, l.attachment_id
    from landings as l
    inner join transit_gateway_vpc_attachments as a
        on
            l.attachment_id = a.transit_gateway_attachment_id
            and l.transit_gateway_id = a.transit_gateway_id
    inner join scopes as s on a.scope = s.scope
    where
        a.appliance_mode_support = 'disable'
        and in_force(a.valid_from, a.valid_to, s.first_observed, l.moment)
),

within_a_zone as (
    select e.end_id
    from by_zone as b
    inner join ends as e on b.end_id = e.end_id
    inner join addresses_at as h
        on
            e.moment = h.moment
            and e.family = h.family
            and e.number between h.first_address and h.last_address
    left join subnet_zones as z on e.subnet_id = z.subnet_id
    left join subnet_zones as t on h.subnet_id = t.subnet_id
    group by e.end_id
    having bool_and(coalesce(z.zone_id = t.zone_id, false))
),

turned as (
    select b.end_id, min(b.attachment_id) as attachment_id
    from by_zone as b
    anti join within_a_zone as w on b.end_id = w.end_id
    group by b.end_id
),

kinds as (
    select
        x.*,
        e.is_private,
        regexp_extract(x.target, '^[a-z]+') as kind,
        v.vpc_endpoint_type
    from exits as x
    inner join ends as e on x.end_id = e.end_id
    left join (
        select vpc_endpoint_id, max(vpc_endpoint_type) as vpc_endpoint_type
        from vpc_endpoints
        group by vpc_endpoint_id
    ) as v on x.target = v.vpc_endpoint_id
),

told as (
    select
        *,
        case
            when kind in ('vgw', 'lgw', 'cagw') then 'pass'
            when kind = 'eigw' and not is_private then 'pass'
            when kind = 'eigw' then 'block'
            when kind = 'vpce' and vpc_endpoint_type = 'Gateway' then 'pass'
            else 'unknown'
        end as outcome
    from kinds
    where kind not in ('igw', 'nat')
)

select
    x.end_id,
    42 as place,
    case kind
        when 'vgw' then 'vpn-gateway'
        when 'lgw' then 'local-gateway'
        when 'cagw' then 'carrier-gateway'
        when 'eigw' then 'egress-only-internet-gateway'
        when 'vpce' then 'vpc-endpoint'
        when 'eni' then 'interface'
        when 'i' then 'instance'
        else 'core-network'
    end as stage,
    stage as element_type,
    target as element_id,
    destination as rule,
    outcome,
    case outcome when 'unknown' then 'beyond_middlebox' when 'block' then 'no_public_ip' end
        as cause,
    true as is_sure,
    case outcome
        when 'pass' then 'leaves by it'
        when 'block' then 'it carries no private address'
        else concat_ws('; ',
            'what lies beyond ' || target || ' no snapshot says',
            'the appliance mode of ' || t.attachment_id || ' is off: unless both ends are in one '
            || 'Availability Zone, an answer meets another appliance than what it answers, and one '
            || 'that keeps state drops it'
        )
    end as note
from told as x
left join turned as t on x.end_id = t.end_id and x.is_behind and kind in ('eni', 'i', 'vpce')
