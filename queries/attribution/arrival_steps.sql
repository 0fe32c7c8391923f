-- Whether there is a subnet at the address, and an interface.
select
    end_id,
    50 as place,
    'subnet' as stage,
    case when subnet_id is not null then 'subnet' else 'vpc' end as element_type,
    coalesce(subnet_id, vpc_id) as element_id,
    null::varchar as rule,
    case
        when subnet_id is not null then 'pass'
        when subnets_told then 'block'
        else 'unknown'
    end as outcome,
    case when subnet_id is null and subnets_told then 'no_subnet' end as cause,
    subnet_id is not null or not subnets_late as is_sure,
    case
        when subnet_id is not null then 'in ' || vpc_id
        when subnets_told then 'no subnet of ' || vpc_id || ' has the address'
        else
            'the subnets of ' || vpc_id || ' are not all known: load describe-subnets of account '
            || coalesce(owner_id, 'that owns it')
    end as note
from arrivals
union all
select
    end_id,
    51,
    'interface',
    case when interface_id is not null then 'interface' else 'subnet' end,
    coalesce(interface_id, subnet_id),
    null,
    case
        when interface_id is not null then 'pass'
        when is_reserved or not interfaces_told then 'unknown'
        else 'block'
    end,
    case
        when interface_id is null and not is_reserved and interfaces_told then 'no_interface'
    end,
    interface_id is not null or not interfaces_late,
    case
        when interface_id is not null then null
        when is_reserved then 'AWS keeps this address of ' || subnet_id || ' for itself'
        when interfaces_told then 'no interface in ' || subnet_id || ' has the address'
        else
            'the interfaces of ' || vpc_id || ' are not all known: load describe-network-interfaces '
            || 'of account ' || coalesce(owner_id, 'that owns it')
    end
from arrivals
where subnet_id is not null
