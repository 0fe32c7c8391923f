-- Objects with judgements whose decision is not in the lake.
select
    j.object_id,
    any_value(l.uri) as uri,
    format('{} judgements without their decision', count(*)) as finding
from judgements as j
anti join decisions as d on j.decision_id = d.decision_id
left join (select object_id, any_value(uri) as uri from ledger group by object_id) as l
    on j.object_id = l.object_id
where j.decision_id is not null
group by j.object_id
order by j.object_id
