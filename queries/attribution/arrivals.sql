-- Which subnet and which interface are at the address, in the VPC that the way leads into. That
-- none is there is sure only where the VPC's owner lists them all, and left out none.
with placed as (
    select
        l.end_id,
        l.moment,
        l.vpc_id,
        l.family,
        l.number,
        min(b.subnet_id) filter (
            where l.family = b.family and l.number between b.first_address and b.last_address
        ) as subnet_id,
        -- AWS keeps the first four addresses of a subnet and its last.
        -- https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
        coalesce(bool_or(
            l.family = b.family
            and (l.number >> 2 = b.first_address >> 2 or l.number = b.last_address)
        ) filter (where l.number between b.first_address and b.last_address), false) as is_reserved
    from landings as l
    inner join ends as e on l.end_id = e.end_id
    left join subnet_blocks_at as b on l.moment = b.moment and l.vpc_id = b.vpc_id
    where l.in_blocks is distinct from false and e.is_followed
    group by l.end_id, l.moment, l.vpc_id, l.family, l.number
),

held as (
    select
        p.end_id,
        min(a.interface_id) as interface_id,
        min_by(a.account_id, a.interface_id) as account_id,
        min_by(a.subnet_id, a.interface_id) as subnet_id
    from placed as p
    inner join addresses_at as a
        on
            p.moment = a.moment
            and p.vpc_id = a.vpc_id
            and p.family = a.family
            and p.number between a.first_address and a.last_address
    group by p.end_id
),

listed as (
    select
        s.observer_id,
        s.region,
        min(s.first_observed) filter (where s.call = 'describe-subnets' and u.scope is null)
            as subnets_from,
        any_value(s.lapses) filter (where s.call = 'describe-subnets' and u.scope is null)
            as subnets_lapses,
        min(s.first_observed) filter (
            where s.call = 'describe-network-interfaces' and u.scope is null
        ) as interfaces_from,
        any_value(s.lapses) filter (
            where s.call = 'describe-network-interfaces' and u.scope is null
        ) as interfaces_lapses
    from scopes as s
    left join (
        select distinct scope
        from untold
        where kept in ('subnets', 'subnet_cidrs', 'interfaces', 'interface_addresses')
    ) as u on s.scope = u.scope
    group by s.observer_id, s.region
)

select
    p.end_id,
    p.vpc_id,
    coalesce(h.account_id, o.account_id) as account_id,
    o.account_id as owner_id,
    coalesce(h.subnet_id, p.subnet_id) as subnet_id,
    h.interface_id,
    p.is_reserved,
    l.subnets_from is not null as subnets_told,
    coalesce(observed_apart(l.subnets_from, l.subnets_lapses, p.moment), false) as subnets_late,
    l.interfaces_from is not null as interfaces_told,
    coalesce(observed_apart(l.interfaces_from, l.interfaces_lapses, p.moment), false)
        as interfaces_late
from placed as p
left join held as h on p.end_id = h.end_id
left join vpc_owners as o on p.vpc_id = o.vpc_id
left join listed as l on o.account_id = l.observer_id and o.region = l.region
