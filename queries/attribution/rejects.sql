-- The REJECT records that start in [first_start, last_start), each with its decision key: all that
-- the answer may depend on. It is read twice, to find the keys and to give each record the answer
-- of its key, for to keep the records themselves takes longer. The texts of the key are their hash,
-- taken before anything is joined: the files have each text once, and so it is hashed once. By
-- `key_hash`, of all of the key, its answer is found.
-- `sign` says what tells the phase: flags of a start (1), an answer (2) or what comes later (3; where
-- the log shows which side it is of, 7 of the one that answers, 8 of the one that began), an accepted
-- flow of the reversed tuple that may be tracked still (4), the ports (5), nothing (6). TCP flags are
-- ORed over the window, so SYN without ACK can only be the start, SYN-ACK only the answer.
-- https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
create macro rejects(first_start, last_start) as table
with hashed as (
    select
        *,
        hash(
            interface_id, account_id, vpc_id, subnet_id, flow_direction, srcaddr, dstaddr,
            pkt_srcaddr, pkt_dstaddr, reject_reason
        ) as text_hash
    from flows
    where
        is_refused(action, log_status)
        and (first_start is null or start_time >= first_start)
        and (last_start is null or start_time < last_start)
),

recorded as (
    select
        f.*,
        l.object_id is not null as tells_reason,
        case
            when f.start_time is null then null
            when h.hour is not null
                then h.slots_before
                    + len(list_filter(h.within, lambda bound: bound <= f.start_time))
            when f.start_time < (select min(from_time) from slots where slot > 0) then 0
            else (select max(slot) from slots)
        end as slot,
        case
            when f.protocol = 6 and f.tcp_flags & 18 = 2 then 1
            when f.protocol = 6 and f.tcp_flags & 18 = 18 then 2
            when f.protocol = 6 and f.tcp_flags is not null then
                case when e.is_answer then 7 when not e.is_answer then 8 else 3 end
            when e.reverse_seen and e.is_tracked then 4
            when f.protocol = 6 then 5
            else 6
        end as sign,
        e.reverse_seen,
        e.earlier_seen,
        e.let_pass,
        e.is_mixed,
        s.text_hash is not null as start_let_pass,
        w.sender_id,
        e.log_is_whole,
        e.idle
    from hashed as f
    left join hours as h on hour_number(f.start_time) = h.hour
    left join evidence as e on f.object_id = e.object_id and f.line_number = e.line_number
    left join telling_objects as l on f.object_id = l.object_id
    left join senders as w on f.object_id = w.object_id and f.line_number = w.line_number
    -- What began before the last packet of the record, whichever of the record's packets that was.
    left join passed_starts as s
        on
            f.text_hash = s.text_hash
            and f.dstport = s.dst_port
            and f.start_time >= s.from_time
            and f.start_time < s.until_time
            and coalesce(f.end_time, f.start_time) >= s.first_passed
),

keyed as (
    select
        * exclude (reverse_seen, earlier_seen, let_pass, start_let_pass, is_mixed, log_is_whole, idle),
        case when protocol in (6, 17) then dstport end as dst_port,
        -- Which port it came from counts for what is no start, and what was there before it likewise.
        case
            when protocol in (6, 17) and sign not in (1, 6)
                and not (sign = 5 and (dstport < 1024 or srcport >= greatest(1024, dstport)))
                then srcport
        end as src_port,
        case when sign not in (1, 6) then reverse_seen end as reverse_seen,
        case when sign not in (1, 6) then earlier_seen end as earlier_seen,
        case when sign = 1 then start_let_pass when sign <> 6 then let_pass end as let_pass,
        case when sign <> 1 then is_mixed end as is_mixed,
        case when sign not in (1, 6) then log_is_whole end as log_is_whole,
        -- What may be an answer that came too late is to be told from what begins.
        case when sign not in (1, 6) or reverse_seen then idle end as idle
    from recorded
)

select
    *,
    hash(
        text_hash, protocol, dst_port, src_port, sign, reverse_seen, earlier_seen, let_pass,
        is_mixed, log_is_whole, idle, tells_reason, slot, sender_id
    ) as key_hash
from keyed
