-- The questions with the interface and the peer as they stood.
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
    and coalesce(i.vpc_id, a.record_vpc_id) in (
        select vpc_id from interfaces where interface_type = 'global_accelerator_managed'
    ) as may_be_accelerated,
    p.peer_family,
    p.peer_number,
    p.peer_vpc_id,
    p.peer_account_id,
    p.peer_interface_id,
    p.peer_late,
    p.peer_candidates,
    p.path,
    p.route_target,
    coalesce(p.route_late, false) as route_late,
    a.protocol is not null
    and p.peer_number is not null
    and a.direction is not null
    and (a.protocol not in (6, 17) or a.dst_port is not null) as readable
from asked as a
inner join phases as f on a.question_id = f.question_id
left join interfaces_at as i on a.interface_id = i.interface_id and a.moment = i.moment
left join private_peers as v on a.peer_ip = v.block
left join peers as p
    on a.interface_id = p.interface_id and a.moment = p.moment and a.peer_ip = p.peer_ip
