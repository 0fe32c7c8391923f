-- The verdicts of packets that no log has. A record that groups and ACL allow was refused all the
-- same; a packet is allowed. One that answers something that passed, or comes later, is let through
-- by the groups as long as the connection is tracked, so only the ACL counts.
with judged as (
    select
        c.key_id as packet_id,
        c.question_id,
        d.* exclude (question_id, next_question_id),
        t.note as row_note,
        len(r.later_calls) > 0 as rests_on_later,
        case
            when r.decision_row in (11, 21) then true
            when r.decision_row in (13, 14, 19) then true
            when r.decision_row in (3, 22, 23, 24) then null
            else false
        end as allowed
    from case_questions as c
    inner join worded_decisions as d
        on
            c.question_id = d.question_id
            and c.next_question_id is not distinct from d.next_question_id
            and c.observed_before is not distinct from d.observed_before
            and c.observed_after is not distinct from d.observed_after
    inner join decided_rows as r on c.question_id = r.question_id
    inner join decision_table as t on r.decision_row = t.decision_row
)

select
    * exclude (question_id, row_note, rests_on_later, cause, alias, certainty, note),
    case when not coalesce(allowed, false) then cause end as cause,
    case when not coalesce(allowed, false) then alias end as alias,
    case
        when not coalesce(allowed, false) then certainty
        when stable = false then 'conditional'
        when observed_before is null or rests_on_later then 'probable'
        when phase_source = 'reverse-flow' then 'certain'
        when phase_source = 'flags' and phase = 'initial' then 'certain'
        else 'probable'
    end as certainty,
    case
        when coalesce(allowed, false)
            then nullif(concat_ws('; ',
                case when phase in ('reply', 'late') and phase_source <> 'reverse-flow' then
                    'it passes as long as a connection is tracked that it belongs to'
                end,
                nullif(array_to_string(list_filter(
                    string_split(note, '; '), lambda one: starts_with(one, row_note) is distinct from true
                ), '; '), '')
            ), '')
        else note
    end as note
from judged
order by packet_id
