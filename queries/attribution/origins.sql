-- Where the interface is that the logs show as the sender of each refused packet, at each moment.
select
    a.question_id,
    a.sender_id as interface_id,
    min(h.vpc_id) as vpc_id,
    min(h.account_id) as account_id,
    bool_and(h.late) as late
from asked as a
inner join networks as n on a.peer_ip = n.block
inner join addresses_at as h
    on
        a.sender_id = h.interface_id
        and a.moment = h.moment
        and n.family = h.family
        and n.first_address between h.first_address and h.last_address
where a.sender_id is not null and a.direction = 'ingress'
group by a.question_id, a.sender_id
