-- The group rule that almost matched, for every refusal by groups: right port and wrong peer before
-- right peer and wrong port before wrong protocol; then the nearest port, then the smallest block.
with misses as (
    select q.*
    from questions as q
    inner join answers as a on q.question_id = a.question_id
    where a.decision_row in (4, 6, 7, 15, 17)
),

compared as (
    select
        m.question_id,
        a.*,
        a.protocol in (-1, m.protocol) as same_protocol,
        coalesce(m.dst_port, 0) between a.first_port and a.last_port as same_port,
        coalesce(
            a.family = m.peer_family
            and m.peer_number between a.first_address and a.last_address,
            false
        ) as same_peer,
        greatest(a.first_port - coalesce(m.dst_port, 0), coalesce(m.dst_port, 0) - a.last_port, 0)
            as ports_away
    from misses as m
    inner join carried_groups as c on m.interface_id = c.interface_id and m.moment = c.moment
    inner join allowances as a
        on c.group_id = a.group_id and c.moment = a.moment and m.direction = a.direction
    where a.family is not distinct from m.peer_family
)

select
    question_id,
    {
        'element_type': 'security-group',
        'element_id': group_id,
        'rule': concat_ws(' ',
            case protocol
                when -1 then 'all' when 6 then 'tcp' when 17 then 'udp' when 1 then 'icmp'
                when 58 then 'icmpv6' else protocol::varchar
            end,
            case
                when protocol not in (6, 17) then null
                when first_port = last_port then first_port::varchar
                else first_port::varchar || '-' || last_port::varchar
            end,
            peer,
            '(' || rule || ')'
        ),
        'why': case
            when same_protocol and same_port then 'address'
            when same_peer and same_protocol then 'port'
            else 'protocol'
        end
    } as nearest_miss
from compared
where (same_protocol and same_port) or same_peer
qualify row_number() over (
    partition by question_id
    order by
        case when same_protocol and same_port then 1 when same_protocol then 2 else 3 end,
        ports_away,
        bits,
        group_id,
        peer
) = 1
