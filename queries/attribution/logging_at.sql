-- What the flow logs of each interface, its subnet or its VPC could have seen: accepted flows, as
-- the interface's own account lists the log and says that it delivers; or surely none, where there
-- are logs and none is for accepted flows.
-- https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
with active as (
    select
        i.interface_id,
        i.moment,
        coalesce(l.traffic_type in ('ALL', 'ACCEPT'), false) as sees_accepted,
        coalesce(l.deliver_logs_status, '') <> 'FAILED' as delivers,
        k.observer_id = s.observer_id as is_own
    from interfaces_at as i
    inner join known_interfaces as k on i.interface_id = k.interface_id
    inner join flow_logs as l on l.resource_id in (i.interface_id, i.subnet_id, i.vpc_id)
    inner join scopes as s on l.scope = s.scope
    where
        in_force(l.valid_from, l.valid_to, s.first_observed, i.moment)
        and coalesce(l.flow_log_status, 'ACTIVE') = 'ACTIVE'
)

select
    interface_id,
    moment,
    bool_or(sees_accepted and delivers and is_own) as sees_accepted,
    not bool_or(sees_accepted) as is_blind
from active
group by interface_id, moment
