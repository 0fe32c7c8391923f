-- The other end's VPC of each lost packet. Where its way named none, they are those in which an
-- interface has the address now: what leads to one of them leads to the address.
select l.finding, l.element_id, l.vpc_id, l.own_ip, coalesce(l.peer_vpc_id, i.vpc_id) as peer_vpc_id
from lost_packets as l
left join interface_addresses as a
    on l.peer_vpc_id is null and l.peer_ip = a.address and a.valid_to is null
left join interfaces as i
    on a.scope = i.scope and a.interface_id = i.interface_id and i.valid_to is null
group by all
