-- The distinct decision keys, numbered, with the interface and the peer as they stood.
with keys as (
    select distinct
        interface_id,
        record_account_id,
        record_vpc_id,
        record_subnet_id,
        moment,
        direction,
        peer_ip,
        protocol,
        dst_port,
        reject_reason,
        phase,
        phase_source
    from asked
)

select
    row_number() over () as question_id,
    k.*,
    i.interface_id is not null as interface_known,
    coalesce(i.account_id, k.record_account_id) as account_id,
    coalesce(i.vpc_id, k.record_vpc_id) as vpc_id,
    coalesce(i.subnet_id, k.record_subnet_id) as subnet_id,
    i.region,
    i.group_count,
    i.late,
    p.peer_family,
    p.peer_number,
    p.peer_vpc_id,
    p.peer_account_id,
    p.peer_interface_id,
    p.peer_candidates,
    p.path,
    k.protocol is not null
    and p.peer_number is not null
    and k.direction is not null
    and (k.protocol not in (6, 17) or k.dst_port is not null) as readable
from keys as k
left join interfaces_at as i on k.interface_id = i.interface_id and k.moment = i.moment
left join peers as p
    on k.interface_id = p.interface_id and k.moment = p.moment and k.peer_ip = p.peer_ip
