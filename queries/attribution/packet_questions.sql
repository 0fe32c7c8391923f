-- What is asked about the ways of packets that no log has, in place of loss_questions.sql: each packet
-- that leaves an interface is a question of its own.
select
    c.key_id as question_id,
    q.interface_id,
    q.moment,
    p.src_ip,
    q.peer_ip,
    q.protocol,
    q.dst_port,
    true as is_exact
from case_questions as c
inner join questions as q on c.question_id = q.question_id
inner join packets as p on c.key_id = p.packet_id
where q.direction = 'egress'
