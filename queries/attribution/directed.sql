-- The cases with the direction of their packets: as the records say it, else as it was told from
-- the addresses.
select
    c.key_id,
    c.tuple_id,
    c.observed_before,
    c.observed_after,
    c.moment,
    c.next_moment,
    coalesce(c.told_direction, d.direction) as direction
from cases as c
left join directions as d
    on
        c.told_direction is null
        and c.interface_id = d.interface_id
        and c.moment = d.moment
        and c.shown_src = d.shown_src
        and c.shown_dst = d.shown_dst
