-- What the gateways, endpoints and appliances do that a route leads to. What lies beyond most of
-- them no snapshot says.
with kinds as (
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
    end_id,
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
        else 'what lies beyond ' || target || ' no snapshot says'
    end as note
from told
