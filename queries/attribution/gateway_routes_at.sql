-- The routes of every transit gateway's route table at each moment, in numbers. `rank` is which of
-- those to the same block is taken. https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
select
    m.moment,
    r.transit_gateway_route_table_id as route_table_id,
    r.destination,
    coalesce(r.state, 'active') as state,
    r.transit_gateway_attachment_id,
    r.resource_type,
    r.resource_id,
    n.family,
    n.first_address,
    n.last_address,
    n.bits,
    case
        when r.type = 'static' and r.prefix_list_id is null then 0
        when r.type = 'static' then 1
        else 2 + coalesce(list_position(
            ['vpc', 'direct-connect-gateway', 'connect', 'vpn', 'vpn-concentrator', 'client-vpn',
             'peering'], r.resource_type
        ), 8)
    end as rank
from (select distinct moment from moments) as m
inner join scopes as s on s.call = 'search-transit-gateway-routes'
inner join transit_gateway_routes as r on s.scope = r.scope
inner join networks as n on r.destination = n.block
where
    in_force(r.valid_from, r.valid_to, s.first_observed, m.moment)
    and coalesce(r.state, 'active') in ('active', 'blackhole')
