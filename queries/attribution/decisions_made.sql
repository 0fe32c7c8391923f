-- The distinct decisions of this run, under an id made of their content.
with pairs as (
    select distinct question_id, next_question_id, observed_before, observed_after
    from case_questions
),

compared as (
    select
        p.*,
        case
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

worded as (
    select
        c.question_id,
        c.next_question_id,
        struct_pack(
            account_id := q.account_id,
            vpc_id := q.vpc_id,
            subnet_id := q.subnet_id,
            interface_id := q.interface_id,
            direction := q.direction,
            peer_ip := q.peer_ip,
            peer_vpc_id := q.peer_vpc_id,
            peer_account_id := q.peer_account_id,
            peer_interface_id := q.peer_interface_id,
            peer_candidates := q.peer_candidates,
            path := coalesce(q.path, 'unknown'),
            phase := a.phase,
            phase_source := a.phase_source,
            cause := a.cause,
            alias := a.alias,
            certainty := case
                when a.certainty in ('unknown', 'conditional') then a.certainty
                when c.stable = false then 'conditional'
                when c.observed_before is null then 'probable'
                else a.certainty
            end,
            leg := 'forward',
            element_type := a.element_type,
            element_id := a.element_id,
            rule := a.rule,
            blockers := a.blockers,
            nearest_miss := coalesce(g.nearest_miss, e.nearest_miss),
            observed_before := c.observed_before,
            observed_after := c.observed_after,
            stable := c.stable,
            note := nullif(concat_ws('; ',
                w.note,
                case when c.stable = false then
                    'the next snapshot answers otherwise: '
                    || concat_ws(' ', c.next_cause, c.next_element_id, c.next_rule)
                end,
                case when c.observed_before is null and c.observed_after is not null then
                    'judged by a snapshot taken after the record: none precedes it'
                end
            ), '')
        ) as decision
    from compared as c
    inner join questions as q on c.question_id = q.question_id
    inner join answers as a on c.question_id = a.question_id
    inner join notes as w on c.question_id = w.question_id
    left join near_groups as g on c.question_id = g.question_id
    left join near_entries as e on c.question_id = e.question_id
)

select
    question_id,
    next_question_id,
    md5(decision::varchar) as decision_id,
    unnest(decision)
from worded
