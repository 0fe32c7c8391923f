-- The questions with the interface and the peer as they stood.
with accelerators as (
    select distinct i.vpc_id, m.moment
    from interfaces as i
    inner join scopes as s on i.scope = s.scope
    inner join (select distinct moment from moments) as m
        on in_force(i.valid_from, i.valid_to, s.first_observed, m.moment)
    where i.interface_type = 'global_accelerator_managed'
)

select
    a.* exclude (told_phase),
    f.phase,
    f.answers,
    i.interface_id is not null as interface_known,
    coalesce(i.account_id, a.record_account_id) as account_id,
    coalesce(i.vpc_id, a.record_vpc_id) as vpc_id,
    coalesce(i.subnet_id, a.record_subnet_id) as subnet_id,
    i.region,
    i.interface_type,
    i.group_count,
    i.tcp_established_timeout,
    coalesce(i.udp_timeout, 30) as udp_timeout,
    i.late,
    -- No ACL is asked of what an accelerator brings that keeps the sender's address.
    -- https://docs.aws.amazon.com/global-accelerator/latest/dg/preserve-client-ip-address.html
    a.direction = 'ingress'
    and v.block is null
    and coalesce(p.path, 'unknown') in ('internet', 'nat', 'unknown')
    and g.vpc_id is not null as may_be_accelerated,
    p.peer_family,
    p.peer_number,
    -- Who sent it the logs say; the way says whom an answer would go to.
    p.peer_vpc_id as routed_vpc_id,
    a.sender_id is not null and a.direction = 'ingress' as is_sender_told,
    is_sender_told and o.question_id is null as is_sender_unplaced,
    coalesce(is_sender_told and o.vpc_id <> p.peer_vpc_id, false) as is_led_elsewhere,
    case when is_sender_told then o.vpc_id else p.peer_vpc_id end as peer_vpc_id,
    case when is_sender_told then o.account_id else p.peer_account_id end as peer_account_id,
    case when is_sender_told then o.interface_id else p.peer_interface_id end
        as peer_interface_id,
    case when is_sender_told then o.late else p.peer_late end as peer_late,
    case when not is_sender_told then p.peer_candidates end as peer_candidates,
    -- By which way it came is not known then, but that it was not by that of the answer.
    is_sender_unplaced or is_led_elsewhere as is_from_elsewhere,
    case when is_from_elsewhere then 'unknown' else p.path end as path,
    case when not is_from_elsewhere then p.route_target end as route_target,
    coalesce(p.route_late and not is_from_elsewhere, false) as route_late,
    a.protocol is not null
    and p.peer_number is not null
    and a.direction is not null
    and (a.protocol not in (6, 17) or a.dst_port is not null) as readable
from asked as a
inner join phases as f on a.question_id = f.question_id
left join interfaces_at as i on a.interface_id = i.interface_id and a.moment = i.moment
left join accelerators as g on i.vpc_id = g.vpc_id and a.moment = g.moment
left join private_peers as v on a.peer_ip = v.block
left join origins as o on a.question_id = o.question_id
left join peers as p
    on a.interface_id = p.interface_id and a.moment = p.moment and a.peer_ip = p.peer_ip
