-- The group rule that almost matched, for every refusal by groups: right port and wrong peer before
-- right peer and wrong port before wrong protocol; then the nearest port, then the smallest block.
-- All of that is one number, so that of many thousand candidates the least is kept and no more.
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
    where a.decision_row in (4, 6, 7, 15, 17)
),

nearest as (
    select
        m.question_id,
        min(
            case
                when a.protocol not in (-1, m.protocol) then 3::bigint << 56
                when m.dst_port between a.first_port and a.last_port then 1::bigint << 56
                else 2::bigint << 56
            end
            + (greatest(a.first_port - m.dst_port, m.dst_port - a.last_port, 0)::bigint << 40)
            + a.place
        ) as rank
    from misses as m
    inner join carried_groups as c on m.interface_id = c.interface_id and m.moment = c.moment
    inner join allowances as a
        on
            c.group_id = a.group_id
            and c.moment = a.moment
            and m.direction = a.direction
            and m.peer_family = a.family
            and (
                (
                    a.protocol in (-1, m.protocol)
                    and m.dst_port between a.first_port and a.last_port
                )
                or m.peer_number between a.first_address and a.last_address
            )
    group by m.question_id
)

select
    n.question_id,
    {
        'element_type': 'security-group',
        'element_id': a.group_id,
        'rule': concat_ws(' ',
            case a.protocol
                when -1 then 'all' when 6 then 'tcp' when 17 then 'udp' when 1 then 'icmp'
                when 58 then 'icmpv6' else a.protocol::varchar
            end,
            case
                when a.protocol not in (6, 17) then null
                when a.first_port = a.last_port then a.first_port::varchar
                else a.first_port::varchar || '-' || a.last_port::varchar
            end,
            a.peer,
            '(' || a.rule || ')'
        ),
        'why': case n.rank >> 56 when 1 then 'address' when 2 then 'port' else 'protocol' end
    } as nearest_miss
from nearest as n
inner join allowances as a on n.rank & ((1::bigint << 40) - 1) = a.place
