-- The ends of packets that no log has, in place of followed.sql: the way of each may be wanted.
select distinct interface_id, moment, peer_ip
from asked
where moment is not null and peer_ip is not null
