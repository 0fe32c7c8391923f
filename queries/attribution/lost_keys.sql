-- The distinct packets that may have been lost, without their times and source ports, each with its
-- records and the slot of when they were. `others_answered` is whether others' connections like it
-- were answered, which the same snapshot judges, before its records end.
with slotted as (
    select
        m.*,
        w.interface_id is not null as others_answered,
        case
            when h.hour is not null
                then h.slots_before
                    + len(list_filter(h.within, lambda bound: bound <= m.start_time))
            when m.start_time < (select min(from_time) from slots where slot > 0) then 0
            else (select max(slot) from slots)
        end as slot
    from missed as m
    left join hours as h on hour_number(m.start_time) = h.hour
    left join answered_since as w
        on
            m.leg = 'forward'
            and m.protocol = 6
            and m.interface_id = w.interface_id
            and m.src_ip = w.src_ip
            and m.dst_ip = w.dst_ip
            and m.dst_port = w.dst_port
            and m.start_time >= w.from_time
            and m.start_time < w.until_time
            and m.end_time >= w.first_answered
)

select
    row_number() over () as lost_key_id,
    interface_id,
    account_id as record_account_id,
    src_ip,
    dst_ip,
    protocol,
    dst_port,
    leg,
    is_exact,
    case
        when protocol = 6 and tcp_flags is not null then 'flags'
        when leg = 'reply' then 'reverse-flow'
        when protocol = 6 then 'heuristic'
    end as phase_source,
    others_answered,
    slot,
    list({'object_id': object_id, 'line_number': line_number}) as records
from slotted
group by all
