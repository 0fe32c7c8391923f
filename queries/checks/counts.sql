-- Objects of which the tables hold another number of rows than the ledger says.
with held as (
    select object_id, count(*) as flows
    from (
        select object_id from flows
        union all
        select object_id from transit_gateway_flows
    )
    group by object_id
),

refused as (
    select object_id, count(*) as rejected
    from rejected_lines
    group by object_id
),

told as (
    select
        object_id,
        any_value(uri) as uri,
        sum(flows) as flows,
        sum(rejected) as rejected,
        true as known
    from ledger
    where status = 'ingested'
    group by object_id
),

beside as (
    select
        object_id,
        told.uri,
        coalesce(told.known, false) as known,
        coalesce(told.flows, 0) as flows_told,
        coalesce(held.flows, 0) as flows_held,
        coalesce(told.rejected, 0) as rejected_told,
        coalesce(refused.rejected, 0) as rejected_held
    from told
    full join held using (object_id)
    full join refused using (object_id)
)

select
    object_id,
    uri,
    case
        when not known then
            format('{} flows and {} rejected lines, and no entry in the ledger', flows_held, rejected_held)
        else
            format(
                '{} flows where the ledger says {}, {} rejected lines where it says {}',
                flows_held, flows_told, rejected_held, rejected_told
            )
    end as finding
from beside
where not known or flows_told <> flows_held or rejected_told <> rejected_held
order by object_id
