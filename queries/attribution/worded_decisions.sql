-- The distinct decisions about refused packets.
with pairs as (
    select distinct question_id, next_question_id, observed_before, observed_after
    from case_questions
),

compared as (
    select
        p.*,
        -- Interfaces come and go: that the next snapshot has none of that id contradicts nothing.
        case
            when n.cause = 'interface_unknown' and a.cause <> 'interface_unknown' then null
            when p.next_question_id is not null then
                a.cause = n.cause
                and a.element_id is not distinct from n.element_id
                and a.rule is not distinct from n.rule
        end as stable,
        n.cause as next_cause,
        n.element_id as next_element_id,
        n.rule as next_rule
    from pairs as p
    inner join answers as a on p.question_id = a.question_id
    left join answers as n on p.next_question_id = n.question_id
),

-- What each rests on that is not of the snapshot that judges.
apart as (
    select
        w.question_id,
        string_agg(a.note, '; ' order by w.call) as older,
        string_agg(a.call, ', ' order by a.call) filter (where a.note is null) as later,
        string_agg(w.call, ', ' order by w.call) filter (where a.call is null) as newer
    from (select question_id, unnest(later_calls) as call from notes) as w
    inner join questions as q on w.question_id = q.question_id
    left join call_ages as a on q.moment = a.moment and w.call = a.call
    group by w.question_id
)

select
    c.question_id,
    c.next_question_id,
    q.account_id,
    q.vpc_id,
    q.subnet_id,
    q.interface_id,
    q.direction,
    q.peer_ip,
    q.peer_vpc_id,
    q.peer_account_id,
    q.peer_interface_id,
    q.peer_candidates,
    coalesce(q.path, 'unknown') as path,
    a.phase,
    a.phase_source,
    a.cause,
    a.alias,
    case
        when a.certainty in ('unknown', 'conditional') then a.certainty
        when c.stable = false then 'conditional'
        when c.observed_before is null then 'probable'
        -- Several have the address, and the way back is not to the one that sent it.
        when q.is_from_elsewhere then 'probable'
        else a.certainty
    end as certainty,
    -- Which side sent what comes late the ports tell badly: only an ACL is asked by them.
    case
        when a.phase = 'reply' or ends_with(a.cause, '_reply') then 'reply'
        when a.phase = 'late' and q.is_answer then 'reply'
        else 'forward'
    end as leg,
    a.element_type,
    a.element_id,
    a.rule,
    a.blockers,
    coalesce(g.nearest_miss, e.nearest_miss, l.nearest_miss) as nearest_miss,
    c.observed_before,
    c.observed_after,
    c.stable,
    nullif(concat_ws('; ',
        w.note,
        case when c.stable = false then
            'the next snapshot answers otherwise: '
            || concat_ws(' ', c.next_cause, c.next_element_id, c.next_rule)
        end,
        case when c.stable is null and c.next_cause = 'interface_unknown' then
            'the next snapshot has no such interface'
        end,
        case when c.observed_before is not null then
            'it rests on what was first observed after the record, too: ' || o.later
        end,
        o.older,
        'it rests on an older view, another account saw it since: ' || o.newer,
        case when c.observed_before is null and c.observed_after is not null then
            'judged by a snapshot taken after the record: none precedes it'
        end
    ), '') as note
from compared as c
inner join questions as q on c.question_id = q.question_id
inner join answers as a on c.question_id = a.question_id
inner join notes as w on c.question_id = w.question_id
left join apart as o on c.question_id = o.question_id
left join near_groups as g on c.question_id = g.question_id
left join near_entries as e on c.question_id = e.question_id
left join lapses as l on c.question_id = l.question_id
