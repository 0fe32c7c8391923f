-- The group rule that almost matched, for every refusal by groups: one that fits but for its stale
-- reference, then right port and wrong peer before right peer and wrong port before wrong protocol;
-- then the nearest port. Of wrong peers a prefix list of one's own stands first: who lets peers in by
-- a list forgets to add one to it, while a block of one address was meant for that one. It counts as
-- a whole, however small its blocks are; then comes the smallest block. What AWS keeps in its lists
-- is nobody's to add to, so these are blocks like others. All of this is one number, so that of
-- many thousand candidates the least is kept and no more.
-- https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
with misses as (
    select
        q.question_id,
        q.interface_id,
        q.moment,
        q.direction,
        q.protocol,
        coalesce(q.dst_port, 0) as dst_port,
        q.peer_family,
        q.peer_number
    from questions as q
    inner join answers as a on q.question_id = a.question_id
    inner join group_answers as g on q.question_id = g.question_id
    -- A reference that does not reach its member fits: then nothing is near.
    where a.decision_row in (4, 6, 7, 15, 17) and g.groups_say = 'miss'
),

carried as (
    select m.*, c.group_id
    from misses as m
    inner join carried_groups as c on m.interface_id = c.interface_id and m.moment = c.moment
),

-- Of what a group has for the same ports but other addresses, a list of one's own or the smallest
-- block.
smallest as (
    select
        moment, group_id, direction, family, protocol, first_port, last_port, one_port,
        min(
            case when peer in (from own_lists('prefix_lists')) then 0 else 1::bigint << 40 end
            + place
        ) as place
    from allowances
    where family is not null
    group by all
),

by_port as (
    select m.question_id, a.place
    from carried as m
    inner join smallest as a
        on
            m.group_id = a.group_id
            and m.moment = a.moment
            and m.direction = a.direction
            and m.peer_family = a.family
            and m.protocol = a.protocol
            and m.dst_port = a.first_port
    where a.one_port
    union all
    select m.question_id, a.place
    from carried as m
    inner join smallest as a
        on
            m.group_id = a.group_id
            and m.moment = a.moment
            and m.direction = a.direction
            and m.peer_family = a.family
            and a.protocol in (-1, m.protocol)
            and m.dst_port between a.first_port and a.last_port
    where not a.one_port
),

of_port as (
    select question_id, (1::bigint << 56) + min(place) as rank
    from by_port
    group by question_id
),

of_address as (
    select
        m.question_id,
        min(
            case when a.protocol in (-1, m.protocol) then 2::bigint << 56 else 3::bigint << 56 end
            + (greatest(a.first_port - m.dst_port, m.dst_port - a.last_port, 0)::bigint << 40)
            + a.place
        ) as rank
    from carried as m
    anti join of_port as o on m.question_id = o.question_id
    inner join allowances as a
        on
            m.group_id = a.group_id
            and m.moment = a.moment
            and m.direction = a.direction
            and m.peer_family = a.family
            and m.peer_number between a.first_address and a.last_address
    group by m.question_id
),

nearest as (
    select question_id, rank from of_port
    union all
    select question_id, rank from of_address
)

select
    n.question_id,
    {
        'element_type': 'security-group',
        'element_id': a.group_id,
        'rule': rule_text(a.protocol, a.first_port, a.last_port, a.peer, a.rule),
        'why': case n.rank >> 56 when 1 then 'address' when 2 then 'port' else 'protocol' end
    } as nearest_miss
from nearest as n
inner join allowances as a on n.rank & ((1::bigint << 40) - 1) = a.place
where n.question_id not in (select question_id from stale_fits)
union all
select s.question_id, s.nearest_miss
from stale_fits as s
inner join misses as m on s.question_id = m.question_id
