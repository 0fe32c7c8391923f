-- What peering connections do with what a route sends into them.
select
    end_id,
    20 as place,
    'peering' as stage,
    'peering' as element_type,
    vpc_peering_connection_id as element_id,
    status as rule,
    case when status is null then 'unknown' when is_active then 'pass' else 'block' end as outcome,
    case when not is_active then 'peering_not_active' end as cause,
    not doubtful as is_sure,
    case
        when status is null then
            'the peering connection is in no snapshot: load describe-vpc-peering-connections'
        when not is_active then 'it is ' || status || ', and would lead to ' || peer_vpc_id
        else 'leads to ' || peer_vpc_id
    end as note
from peering_hops
-- One that was deleted is not listed for long: the route tells what there is to know.
-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
where status is not null or route_state is distinct from 'blackhole'
union all
select
    end_id,
    21,
    'peering',
    'peering',
    vpc_peering_connection_id,
    null,
    case when in_blocks = false then 'block' else 'unknown' end,
    case
        when in_blocks = false and goes_on then 'peering_not_transitive'
        when in_blocks = false then 'outside_peer_cidr'
    end,
    not doubtful and not blocks_late,
    case
        when in_blocks is null then
            'the blocks of ' || peer_vpc_id || ' are not known: load its account''s describe-vpcs'
        when goes_on then 'beyond ' || peer_vpc_id || ', and a peering connection is not transitive'
        else 'not an address of ' || peer_vpc_id
    end
from peering_hops
where in_blocks = false or (in_blocks is null and is_active)
