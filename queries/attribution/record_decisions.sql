-- Each record's decision: the answer of the snapshot before it, held against that of the next one.
with asked_ids as (
    select a.object_id, a.line_number, a.is_next, q.question_id
    from asked as a
    inner join questions as q
        on
            a.interface_id is not distinct from q.interface_id
            and a.record_account_id is not distinct from q.record_account_id
            and a.record_vpc_id is not distinct from q.record_vpc_id
            and a.record_subnet_id is not distinct from q.record_subnet_id
            and a.moment is not distinct from q.moment
            and a.direction is not distinct from q.direction
            and a.peer_ip is not distinct from q.peer_ip
            and a.protocol is not distinct from q.protocol
            and a.dst_port is not distinct from q.dst_port
            and a.reject_reason is not distinct from q.reject_reason
            and a.phase is not distinct from q.phase
            and a.phase_source is not distinct from q.phase_source
),

paired as (
    select
        object_id,
        line_number,
        max(question_id) filter (where not is_next) as question_id,
        max(question_id) filter (where is_next) as next_question_id
    from asked_ids
    group by object_id, line_number
)

select
    p.*,
    d.question_id,
    d.next_question_id
from paired as d
inner join packets as p on d.object_id = p.object_id and d.line_number = p.line_number
