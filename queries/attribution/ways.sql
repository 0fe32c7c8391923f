-- The way of each packet asked about, hop by hop in path order, beyond its interface's own groups
-- and ACL. One row a hop:
--   end_id, interface_id, moment, peer_ip: the end, as in `ends`
--   step: 1 for the first hop, and so on
--   stage: route-table, peering, transit-gateway-attachment, transit-gateway-route-table,
--     nat-gateway, internet-gateway, egress-only-internet-gateway, vpn-gateway, local-gateway,
--     carrier-gateway, vpc-endpoint, interface or instance (an appliance, or last of all the
--     interface at the address), core-network, subnet
--   element_type, element_id: what decides there; NULL where nothing is there to decide
--   rule: the route's destination, or the state of what has one
--   outcome: pass, block or unknown
--   cause: the cause of silent loss where it blocks, or what is not known where there is a code
--     for that (tgw_table_unseen, beyond_middlebox)
--   is_sure: false where it rests on a later snapshot, or on views that disagree
--   is_end: true at the interface at the address, the last hop of a way that is known to its end
--   note: why, or which call would tell
-- Without a block and without an unknown hop a packet arrives where the last hop has is_end, and
-- else leaves what the snapshots cover by the last hop. What depends on its protocol, port and own
-- address, as the ACLs of transit gateways' subnets do, is told by loss_steps.sql.
with steps as (
    select * from route_steps
    union all
    select * from peering_steps
    union all
    select * from gateway_entry_steps
    union all
    select * from gateway_table_steps
    union all
    select * from gateway_exit_steps
    union all
    select * from exit_steps
    union all
    select * from internet_steps
    union all
    select * from arrival_steps
)

select
    s.end_id,
    e.interface_id,
    e.moment,
    e.peer_ip,
    row_number() over (partition by s.end_id order by s.place) as step,
    s.* exclude (end_id),
    s.place = 51 and s.outcome = 'pass' as is_end
from steps as s
inner join ends as e on s.end_id = e.end_id
where e.is_followed
