-- Which part of a connection the packets of each question belong to.
-- TCP flags say it, else an accepted flow of the reversed tuple. Where there is neither the ports
-- decide: to an ephemeral port, from a well-known port or from one that the interface's groups name
-- in the other direction, is probably an answer. A rule over all ports names none. Without ports to
-- go by (UDP, ICMP) the phase is unknown. `answers` is whether what comes later is of the side that
-- answers, as an ACL asks its ports: as the log shows it, else as the ports do.
with portless as (
    select question_id, interface_id, moment, direction, src_port, dst_port
    from asked
    where (told_phase is null or (told_phase = 'late' and is_answer is null)) and protocol = 6
),

named as (
    select distinct p.question_id
    from portless as p
    inner join carried_groups as c on p.interface_id = c.interface_id and p.moment = c.moment
    inner join group_rules as r
        on
            c.group_id = r.group_id
            and c.moment = r.moment
            and p.direction is distinct from r.direction
            and r.protocol = 6
            and p.src_port between r.first_port and r.last_port
    where not (r.first_port = 0 and r.last_port = 65535)
),

by_ports as (
    select
        a.question_id,
        coalesce(
            a.dst_port >= 1024
            and (a.src_port < 1024 or (a.src_port < a.dst_port and n.question_id is not null)),
            false
        ) as is_reply
    from asked as a
    left join named as n on a.question_id = n.question_id
)

select
    a.question_id,
    case
        when a.told_phase is not null then a.told_phase
        when a.protocol is distinct from 6 then 'unknown'
        when b.is_reply then 'reply'
        else 'initial'
    end as phase,
    coalesce(a.is_answer, b.is_reply) as answers
from asked as a
inner join by_ports as b on a.question_id = b.question_id
