-- The distinct decisions of this run, under an id made of their content.
with worded as (
    select * from worded_decisions
    union all by name
    select * from loss_decisions
)

select
    question_id,
    next_question_id,
    class_id,
    -- A missing value is a mark of its own, or two decisions might read alike.
    md5(concat_ws(chr(31),
        coalesce(account_id, chr(30)), coalesce(vpc_id, chr(30)), coalesce(subnet_id, chr(30)),
        coalesce(interface_id, chr(30)), coalesce(direction, chr(30)), coalesce(peer_ip, chr(30)),
        coalesce(peer_vpc_id, chr(30)), coalesce(peer_account_id, chr(30)),
        coalesce(peer_interface_id, chr(30)), coalesce(peer_candidates::varchar, chr(30)), path,
        phase, coalesce(phase_source, chr(30)), cause, coalesce(alias, chr(30)), certainty, leg,
        coalesce(element_type, chr(30)), coalesce(element_id, chr(30)), coalesce(rule, chr(30)),
        case when len(blockers) > 0 then blockers::varchar else chr(30) end,
        coalesce(nearest_miss.element_id, chr(30)), coalesce(nearest_miss.rule, chr(30)),
        coalesce(nearest_miss.why, chr(30)), coalesce(epoch_us(observed_before), -1),
        coalesce(epoch_us(observed_after), -1), coalesce(stable::varchar, chr(30)),
        coalesce(note, chr(30))
    )) as decision_id,
    * exclude (question_id, next_question_id, class_id)
from worded
