-- Which attachment leads from a transit gateway's table to the VPC of a lost packet's other end, as
-- things stand now: that VPC's own. None is meant where the table of that attachment sends what is
-- for the packet's own address elsewhere, such as to a VPC that inspects, or drops it: what is to go
-- the one way is then to go the other as well, or not at all.
-- https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
with held_attachments as (
    from attachments('transit_gateway_attachments', null)
),

candidates as (
    select l.finding, l.vpc_id, l.own_ip,
        e.transit_gateway_attachment_id, e.transit_gateway_route_table_id
    from lost as l
    inner join held('transit_gateway_route_tables', null) as t
        on l.element_id = t.transit_gateway_route_table_id
    inner join held_attachments as e
        on t.transit_gateway_id = e.transit_gateway_id and l.peer_vpc_id = e.resource_id
    where e.carries and e.resource_type = 'vpc'
),

ways_back as (
    select
        g.finding,
        g.vpc_id,
        arg_min(
            {'state': r.state, 'attachment_id': r.transit_gateway_attachment_id},
            range_of(r.destination).bits
        ) as next
    from candidates as g
    inner join held('transit_gateway_routes', null) as r
        on g.transit_gateway_route_table_id = r.transit_gateway_route_table_id
    where covers(range_of(r.destination), range_of(g.own_ip))
    group by g.finding, g.vpc_id, g.own_ip, g.transit_gateway_attachment_id
)

select
    finding,
    list(distinct transit_gateway_attachment_id order by transit_gateway_attachment_id) as targets
from candidates
where
    finding not in (
        select w.finding
        from ways_back as w
        left join held_attachments as a
            on w.next.attachment_id = a.transit_gateway_attachment_id
        where w.next.state <> 'active' or a.resource_id is distinct from w.vpc_id
    )
group by finding
order by all
