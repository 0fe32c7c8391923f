-- The distinct packets with all that the logs say of them, and the records of each.
select
    row_number() over () as class_id,
    t.lost_key_id,
    t.target_id,
    m.only_reset,
    coalesce(v.source_covered, false) as source_covered,
    coalesce(v.target_covered, false) as target_covered,
    p.arrived_id is not null as arrived,
    p.refused_id is not null as refused,
    p.arrived_id is not null and p.other_ids is not null as answered_there,
    coalesce(p.arrived_id is not null and p.only_reset_there, false) as only_reset_there,
    p.other_ids is null as nobody_asked,
    p.passed,
    g.gateway_says,
    g.counted_by,
    list({'object_id': t.object_id, 'line_number': t.line_number}) as records
from loss_targets as t
inner join missed as m on t.object_id = m.object_id and t.line_number = m.line_number
left join counterparts as p on t.object_id = p.object_id and t.line_number = p.line_number
left join gateway_counts as g on t.object_id = g.object_id and t.line_number = g.line_number
left join loss_coverage as v on t.object_id = v.object_id and t.line_number = v.line_number
group by all
