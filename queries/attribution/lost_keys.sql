-- The distinct packets that may have been lost, without their times and source ports, each with its
-- records and the slot of when they were.
with slotted as (
    select
        m.*,
        case
            when h.hour is not null
                then h.slots_before
                    + len(list_filter(h.within, lambda bound: bound <= m.start_time))
            when m.start_time < (select min(from_time) from slots where slot > 0) then 0
            else (select max(slot) from slots)
        end as slot
    from missed as m
    left join hours as h on hour_number(m.start_time) = h.hour
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
    slot,
    list({'object_id': object_id, 'line_number': line_number}) as records
from slotted
group by all
