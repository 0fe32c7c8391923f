-- The two ends of each packet asked about: an interface as it stood at a moment, and the address at
-- the other end. `is_neighbour` is whether that is in the interface's own subnet, NULL where no
-- snapshot has the subnet's blocks; what stays on the link no route table ever sees.
with asked_ends as (
    select interface_id, moment, peer_ip
    from asked
    where moment is not null and peer_ip is not null
    union
    select interface_id, moment, peer_ip
    from followed
),

numbered as (
    select
        row_number() over () as end_id,
        e.*,
        p.family,
        p.first_address as number,
        i.account_id,
        i.region,
        i.vpc_id,
        i.subnet_id,
        coalesce(i.late, false) as late,
        f.peer_ip is not null as is_followed
    from asked_ends as e
    inner join networks as p on e.peer_ip = p.block
    inner join interfaces_at as i on e.interface_id = i.interface_id and e.moment = i.moment
    left join followed as f
        on e.interface_id = f.interface_id and e.moment = f.moment and e.peer_ip = f.peer_ip
)

select
    n.*,
    bool_or(n.family = b.family and n.number between b.first_address and b.last_address)
        as is_neighbour,
    any_value(s.block is not null) as is_private,
    coalesce(
        any_value(regexp_matches(n.peer_ip, '^(169\.254\.|22[4-9]\.|23[0-9]\.|255\.255\.255\.255$)'
            || '|^(fe[89ab]|ff)[0-9a-f]{2}:', 'i')),
        false
    ) as is_of_link
from numbered as n
left join subnet_blocks_at as b on n.moment = b.moment and n.subnet_id = b.subnet_id
left join private_peers as s on n.peer_ip = s.block
group by all
