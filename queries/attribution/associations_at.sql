-- In which table of a transit gateway each attachment is looked up, as the gateway's owner lists
-- it; of others nobody is told. https://docs.aws.amazon.com/vpc/latest/tgw/tgw-route-tables.html
select
    m.moment,
    a.transit_gateway_attachment_id,
    any_value(t.transit_gateway_id) as transit_gateway_id,
    a.transit_gateway_route_table_id,
    bool_or(observed_apart(s.first_observed, s.lapses, m.moment)) as late
from (select distinct moment from moments) as m
inner join scopes as s on s.call = 'get-transit-gateway-route-table-associations'
inner join transit_gateway_associations as a on s.scope = a.scope
left join transit_gateway_route_tables as t
    on a.transit_gateway_route_table_id = t.transit_gateway_route_table_id
where
    in_force(a.valid_from, a.valid_to, s.first_observed, m.moment)
    and coalesce(a.state, 'associated') = 'associated'
group by m.moment, a.transit_gateway_attachment_id, a.transit_gateway_route_table_id
