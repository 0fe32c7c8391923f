-- The snapshots that judge packets between interfaces: of each account and Region that the ends and
-- the way may be of, the last one that was finished a minute before a time, and the first one after
-- that, as in epochs.sql. `compared` is when the last of the latter that one run took was finished.
-- `only_of` are the VPCs by which alone one is concerned that have an address of the other end:
-- whether the way leads there the routes say, which are not followed here. Else it is NULL.
-- param interface_ids  varchar[]    the interfaces that are ends for sure
-- param addresses      varchar[]    the addresses of which it is not sure who has them
-- param at             timestamptz  the time that is asked about
with blocks as (
    select vpc_id, range_of(cidr) as block
    from (select vpc_id, cidr from vpc_cidrs union select vpc_id, cidr from peering_cidrs)
),

ends as (
    select distinct i.vpc_id, i.account_id, i.region, s.observer_id
    from interfaces as i
    inner join scopes as s on i.scope = s.scope
    where i.interface_id in (select unnest($interface_ids))
),

maybe as (
    select distinct b.vpc_id
    from blocks as b
    inner join (select unnest($addresses) as address) as a
        on
            b.block.is_ipv6 = contains(a.address, ':')
            and address_number(a.address)
            between b.block.first_address and b.block.last_address
),

gateways as (
    select transit_gateway_id, transit_gateway_account_id as account_id, region
    from transit_gateway_attachments
    where resource_id in (select vpc_id from ends)
),

concerned as (
    select account_id, region, null as vpc_id from ends
    union
    select observer_id, region, null from ends
    union
    select account_id, region, null from vpc_owners
    where vpc_id in (select vpc_id from ends)
    union
    select account_id, region, null from gateways
    union
    select
        unnest([requester_account_id, accepter_account_id]),
        unnest([requester_region, accepter_region]),
        null
    from transit_gateway_peering_attachments
    where
        requester_transit_gateway_id in (select transit_gateway_id from gateways)
        or accepter_transit_gateway_id in (select transit_gateway_id from gateways)
    union
    select o.account_id, o.region, m.vpc_id
    from maybe as m
    inner join vpc_owners as o on m.vpc_id = o.vpc_id
    union
    select i.account_id, i.region, m.vpc_id
    from maybe as m
    inner join interfaces as i on m.vpc_id = i.vpc_id
),

around as (
    select
        t.account_id,
        t.region,
        case when bool_and(c.vpc_id is not null) then list(distinct c.vpc_id) end as only_of,
        max(t.observed) filter (where not t.is_later) as observed_before,
        min(t.observed) filter (where t.is_later) as observed_after,
        arg_min(t.run_id, t.observed) filter (where t.is_later) as run_after
    from (
        select *, observed + interval 60 second > $at::timestamptz as is_later from taken
    ) as t
    inner join concerned as c on t.account_id = c.account_id and t.region = c.region
    group by t.account_id, t.region
)

select
    account_id,
    region,
    only_of,
    observed_before,
    observed_after,
    case
        when observed_after is not null then max(observed_after) over (partition by run_after)
    end as compared
from around
order by observed_before desc nulls last, account_id, region
