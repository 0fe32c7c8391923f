-- The blocks of each prefix list at each moment. A list whose entries no snapshot holds has none
-- here: a rule through it may match anything. `late` is where they were first observed later.
with entry_scopes as (
    select scope, observer_id, subject_id as prefix_list_id, first_observed, lapses
    from scopes
    where call = 'get-managed-prefix-list-entries'
    union
    select s.scope, s.observer_id, p.prefix_list_id, s.first_observed, s.lapses
    from scopes as s
    inner join prefix_lists as p on s.scope = p.scope
    where s.call = 'describe-prefix-lists'
),

-- A shared list is seen by many accounts: one that was there in time counts before one that was
-- not, then the last one, and of one time the owner's.
chosen as (
    select m.moment, e.*, observed_apart(e.first_observed, e.lapses, m.moment) as late
    from (select distinct moment from moments) as m
    cross join entry_scopes as e
    inner join views_at as v on m.moment = v.moment and e.scope = v.scope
    left join (select distinct prefix_list_id, account_id from prefix_lists) as p
        on e.prefix_list_id = p.prefix_list_id and e.observer_id = p.account_id
    qualify row_number() over (
        partition by m.moment, e.prefix_list_id
        order by v.seen desc nulls last, p.account_id is null, e.scope
    ) = 1
)

select
    c.moment,
    c.prefix_list_id,
    c.late,
    list({'family': n.family, 'first_address': n.first_address, 'last_address': n.last_address,
          'block': n.block, 'bits': n.bits})
        filter (where n.block is not null) as blocks
from chosen as c
left join prefix_list_entries as e
    on
        c.scope = e.scope
        and c.prefix_list_id = e.prefix_list_id
        and in_force(e.valid_from, e.valid_to, c.first_observed, c.moment)
left join networks as n on e.cidr = n.block
group by c.moment, c.prefix_list_id, c.late
