-- The rejected packets, each with its direction and with the other end's address.
with directed as (
    select
        r.*,
        case
            when r.flow_direction in ('ingress', 'egress') then r.flow_direction
            else d.direction
        end as direction
    from rejects as r
    left join directions as d
        on
            r.interface_id = d.interface_id
            and r.moment = d.moment
            and r.srcaddr = d.srcaddr
            and r.dstaddr = d.dstaddr
)

select
    *,
    case direction when 'ingress' then src_ip when 'egress' then dst_ip end as peer_ip
from directed
