-- Which flow logs could have seen accepted flows of these interfaces and of those at the other end,
-- and which could have seen all, as the interface's own account lists them, and since when.
-- `shows_packets` is whether they have the packet's own address at the other end.
-- https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
with wanted as (
    select interface_id, moment from loss_targets
    union
    select target_id, moment from loss_targets where target_id is not null
)

select
    w.interface_id,
    w.moment,
    l.resource_id,
    min(coalesce(l.creation_time, '-infinity'::timestamptz)) as seen_since,
    min(coalesce(l.creation_time, '-infinity'::timestamptz))
        filter (where l.traffic_type = 'ALL') as all_seen_since,
    bool_or(
        l.traffic_type = 'ALL'
        and coalesce(contains(replace(l.log_format, '_', '-'), 'pkt-dstaddr'), false)
    ) as shows_packets
from wanted as w
inner join known_interfaces as k on w.interface_id = k.interface_id
inner join scopes as o on k.scope = o.scope
inner join interfaces as i on k.scope = i.scope and w.interface_id = i.interface_id
inner join flow_logs as l on l.resource_id in (i.interface_id, i.subnet_id, i.vpc_id)
inner join scopes as s on l.scope = s.scope and k.observer_id = s.observer_id
where
    in_force(i.valid_from, i.valid_to, o.first_observed, w.moment)
    and in_force(l.valid_from, l.valid_to, s.first_observed, w.moment)
    and coalesce(l.flow_log_status, 'ACTIVE') = 'ACTIVE'
    and coalesce(l.deliver_logs_status, '') <> 'FAILED'
    and l.traffic_type in ('ALL', 'ACCEPT')
group by w.interface_id, w.moment, l.resource_id
