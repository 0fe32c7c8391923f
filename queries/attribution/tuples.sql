-- The keys without their times and without what does not count, each with the keys that it is of.
with told as (
    select
        k.*,
        t.interface_id,
        t.account_id as record_account_id,
        t.vpc_id as record_vpc_id,
        t.subnet_id as record_subnet_id,
        case when t.flow_direction in ('ingress', 'egress') then t.flow_direction end
            as told_direction,
        t.srcaddr,
        t.dstaddr,
        own_address(t.pkt_srcaddr, t.srcaddr) as src_ip,
        own_address(t.pkt_dstaddr, t.dstaddr) as dst_ip,
        t.reject_reason
    from keys as k
    inner join texts as t on k.text_hash = t.text_hash
)

select
    row_number() over () as tuple_id,
    interface_id,
    record_account_id,
    record_vpc_id,
    record_subnet_id,
    told_direction,
    -- Without a direction both ends count, as they are shown and as they are.
    case when told_direction is null then srcaddr end as shown_src,
    case when told_direction is null then dstaddr end as shown_dst,
    case when told_direction is distinct from 'egress' then src_ip end as far_src,
    case when told_direction is distinct from 'ingress' then dst_ip end as far_dst,
    protocol,
    dst_port,
    src_port,
    case sign when 1 then 'initial' when 2 then 'reply' when 3 then 'late' when 4 then 'reply'
        when 6 then 'unknown' when 7 then 'late' when 8 then 'late' end as told_phase,
    case sign when 7 then true when 8 then false end as is_answer,
    case sign when 4 then 'reverse-flow' when 5 then 'heuristic' when 6 then null else 'flags' end
        as phase_source,
    reverse_seen,
    earlier_seen,
    let_pass,
    is_mixed,
    log_is_whole,
    idle,
    reject_reason,
    tells_reason,
    sender_id,
    list({'key_id': key_id, 'slot': slot}) as met
from told
group by all
