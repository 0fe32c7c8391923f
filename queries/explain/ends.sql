-- Which interfaces may be meant by a text: an address that one has, an id, a name.
-- param wanted  text         what stands for the end
-- param moment  timestamptz  the configuration as of then; before the first snapshot the first one
with held_interfaces as (
    select
        i.*,
        s.first_observed
    from interfaces as i
    inner join scopes as s on i.scope = s.scope
    where in_force(i.valid_from, i.valid_to, s.first_observed, $moment::timestamptz)
    -- Its owner's view before that of who shares the subnet.
    qualify row_number() over (
        partition by i.interface_id
        order by s.observer_id is distinct from i.account_id, i.scope
    ) = 1
),

held_addresses as (
    select
        i.interface_id,
        a.address,
        a.is_primary,
        a.kind,
        range_of(a.address) as block
    from held_interfaces as i
    inner join interface_addresses as a on i.scope = a.scope and i.interface_id = a.interface_id
    where in_force(a.valid_from, a.valid_to, i.first_observed, $moment::timestamptz)
),

names as (
    select t.resource_id, min(t.value) as name
    from tags as t
    inner join scopes as s on t.scope = s.scope
    where
        t.key = 'Name'
        and in_force(t.valid_from, t.valid_to, s.first_observed, $moment::timestamptz)
    group by t.resource_id
),

held_instances as (
    select
        n.instance_id,
        max(n.private_ip) as private_ip,
        bool_or(lower($wanted) in (lower(n.private_dns_name), lower(n.public_dns_name)))
            as has_dns_name
    from instances as n
    inner join scopes as s on n.scope = s.scope
    where in_force(n.valid_from, n.valid_to, s.first_observed, $moment::timestamptz)
    group by n.instance_id
),

-- How near the text is to what the interface is known by; of an instance its first interface.
meant as (
    select
        i.*,
        coalesce(own.name, n.name) as name,
        w.address as wanted_address,
        case
            when i.interface_id = $wanted then 'interface'
            when w.address is not null then 'address'
            when i.instance_id = $wanted then 'instance'
            when own.name = $wanted or n.name = $wanted then 'name'
            when v.has_dns_name then 'dns-name'
        end as known_by,
        i.private_ip is distinct from v.private_ip as is_further
    from held_interfaces as i
    left join held_instances as v on i.instance_id = v.instance_id
    left join names as own on i.interface_id = own.resource_id
    left join names as n on i.instance_id = n.resource_id
    left join (
        select interface_id, any_value($wanted) as address
        from held_addresses
        where
            address_number($wanted) is not null
            and block.is_ipv6 = contains($wanted, ':')
            and address_number($wanted) between block.first_address and block.last_address
        group by interface_id
    ) as w on i.interface_id = w.interface_id
),

chosen as (
    select *
    from meant
    where known_by is not null
    qualify
        known_by in ('interface', 'address')
        or not is_further
        or not bool_or(not is_further) over (partition by instance_id)
)

-- Of an address that one is asked for that is meant, of another its primary one.
select
    case
        when contains(c.wanted_address, ':') then null
        else coalesce(
            c.wanted_address,
            min(a.address) filter (where a.is_primary and not contains(a.address, ':')),
            c.private_ip,
            min(a.address) filter (where not contains(a.address, ':') and not contains(a.address, '/'))
        )
    end as ipv4,
    case
        when contains(c.wanted_address, '.') then null
        else coalesce(c.wanted_address, min(a.address) filter (
            where contains(a.address, ':') and not contains(a.address, '/')
        ))
    end as ipv6,
    c.interface_id,
    c.name,
    c.account_id,
    c.region,
    c.vpc_id,
    c.subnet_id
from chosen as c
left join held_addresses as a on c.interface_id = a.interface_id
group by
    c.interface_id, c.name, c.account_id, c.region, c.vpc_id, c.subnet_id, c.wanted_address,
    c.private_ip
order by c.interface_id
