-- Each record of what may have been lost, the question that judges it, and the interface at the other
-- end: of an answer the one that asked, else the one that shows the packet or that the way leads to.
with recorded as (
    select k.lost_key_id, k.interface_id, k.leg, unnest(k.records, recursive := true)
    from lost_keys as k
)

select
    r.object_id,
    r.line_number,
    r.lost_key_id,
    r.interface_id,
    c.moment,
    q.question_id,
    case
        when r.leg = 'reply' and len(p.other_ids) = 1 then p.other_ids[1]
        when r.leg = 'reply' and list_contains(p.other_ids, w.end_id) then w.end_id
        when r.leg = 'reply' then null
        else coalesce(p.arrived_id, w.end_id, h.interface_id)
    end as target_id
from recorded as r
inner join loss_cases as c on r.lost_key_id = c.lost_key_id
inner join (
    select question_id, moment, unnest(lost_key_ids) as lost_key_id from loss_questions
) as q on c.lost_key_id = q.lost_key_id and c.moment = q.moment
left join counterparts as p on r.object_id = p.object_id and r.line_number = p.line_number
left join loss_ways as w on q.question_id = w.question_id
left join sole_holders as h on q.question_id = h.question_id
