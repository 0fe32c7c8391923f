-- The routes of these tables at each moment, in numbers; those to a prefix list of which no
-- snapshot has the entries lead to nobody knows where. Every table has routes: the VPC's own at
-- least, so one without any is not known.
with held as (
    select
        t.moment,
        t.route_table_id,
        r.destination,
        r.destination_prefix_list_id,
        r.target,
        r.state,
        coalesce(r.origin, '') in ('EnableVgwRoutePropagation', 'Advertisement') as is_propagated
    from (
        select distinct moment, route_table_id, scope, first_observed from route_tables_at
    ) as t
    inner join routes as r on t.scope = r.scope and t.route_table_id = r.route_table_id
    where
        in_force(r.valid_from, r.valid_to, t.first_observed, t.moment)
        and r.state is distinct from 'filtered'
)

select r.*, n.family, n.first_address, n.last_address, n.bits, false as late
from held as r
inner join networks as n on r.destination = n.block
union all
select r.*, b.block.family, b.block.first_address, b.block.last_address, b.block.bits,
    p.late
from held as r
inner join prefix_lists_at as p
    on r.moment = p.moment and r.destination_prefix_list_id = p.prefix_list_id
cross join lateral (select unnest(p.blocks) as block) as b
union all
select r.*, null, null, null, null, false
from held as r
left join prefix_lists_at as p
    on r.moment = p.moment and r.destination_prefix_list_id = p.prefix_list_id
where r.destination_prefix_list_id is not null and p.prefix_list_id is null
