-- The ACLs that a way crosses at gateways: of the transit gateway's subnets, and of a NAT gateway's.
-- Inbound rules by the source where it enters, outbound rules by the destination where it leaves, but
-- none of these towards an address of that same subnet, which `is_own`. Out of a transit gateway it may
-- come by any of its subnets there.
-- https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
-- The source is each packet's own: `number` is that of the destination, for what leaves.
-- https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
-- https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
select
    g.end_id, g.moment, 22 as place, 'transit' as gateway, 'ingress' as direction,
    g.entry_subnet_id as subnet_id, false as is_own, e.family, null as number
from gateway_entries as g
inner join ends as e on g.end_id = e.end_id
where g.entry_subnet_id is not null and e.is_followed
union
select l.end_id, l.moment, 29, 'transit', 'egress', s.subnet_id,
    s.subnet_id is not distinct from r.subnet_id, l.family, l.number
from landings as l
inner join arrivals as r on l.end_id = r.end_id
inner join attachment_subnets_at as s
    on l.moment = s.moment and l.attachment_id = s.transit_gateway_attachment_id
union
select n.end_id, n.moment, 39, 'nat', 'ingress', n.subnet_id, false, e.family, null
from nat_entries as n
inner join ends as e on n.end_id = e.end_id
where e.subnet_id is distinct from n.subnet_id and e.is_followed
union
select n.end_id, n.moment, 41, 'nat', 'egress', n.subnet_id, false, n.family, n.number
from nat_entries as n
inner join ends as e on n.end_id = e.end_id
where e.is_followed
