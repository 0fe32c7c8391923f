-- Every judged record with what decided it: the newest judgement of each record.
-- One that says that nothing was lost after all has no row.
select
    j.object_id,
    j.line_number,
    d.account_id,
    d.vpc_id,
    d.subnet_id,
    d.interface_id,
    d.direction,
    j.src_ip,
    j.dst_ip,
    j.src_port,
    j.dst_port,
    j.protocol,
    j.start_time,
    j.end_time,
    j.packets,
    j.bytes,
    j.tcp_flags,
    d.peer_ip,
    d.peer_vpc_id,
    d.peer_account_id,
    d.peer_interface_id,
    d.peer_candidates,
    d.path,
    d.phase,
    d.phase_source,
    d.cause,
    d.alias,
    d.certainty,
    d.leg,
    d.element_type,
    d.element_id,
    d.rule,
    d.blockers,
    d.nearest_miss,
    d.observed_before,
    d.observed_after,
    d.stable,
    d.note,
    j.judged_at,
    j.run_id,
    j.replaced_because
from (
    select *
    from judgements
    qualify row_number() over (partition by object_id, line_number order by judged_at desc) = 1
) as j
inner join decisions as d on j.decision_id = d.decision_id
