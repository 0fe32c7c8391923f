-- The one interface that has the address, where only one of all that are known has: if nothing came
-- there, nothing came anywhere. It tells of no way.
select
    q.question_id,
    min(a.interface_id) as interface_id
from loss_questions as q
inner join networks as n on q.peer_ip = n.block
inner join addresses_at as a
    on
        q.moment = a.moment
        and n.family = a.family
        and n.first_address between a.first_address and a.last_address
group by q.question_id
having count(distinct a.interface_id) = 1
