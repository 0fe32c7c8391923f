-- Each packet's decision key at the snapshot that judges it and at the next one: everything that
-- the answer may depend on, and nothing else.
with looked_at as (
    select *, moment as at_moment, false as is_next from packets
    union all
    select *, next_moment, true from packets where next_moment is not null
)

select
    l.object_id,
    l.line_number,
    l.is_next,
    l.interface_id,
    l.account_id as record_account_id,
    l.vpc_id as record_vpc_id,
    l.subnet_id as record_subnet_id,
    l.at_moment as moment,
    l.direction,
    l.peer_ip,
    l.protocol,
    -- A non-TCP, non-UDP packet has no ports; AWS writes 0.
    case when l.protocol in (6, 17) then l.dst_port end as dst_port,
    l.reject_reason,
    p.phase,
    p.phase_source
from looked_at as l
left join phases as p
    on
        l.interface_id is not distinct from p.interface_id
        and l.at_moment is not distinct from p.moment
        and l.direction is not distinct from p.direction
        and l.protocol is not distinct from p.protocol
        and l.src_port is not distinct from p.src_port
        and l.dst_port is not distinct from p.dst_port
        and l.tcp_flags is not distinct from p.tcp_flags
