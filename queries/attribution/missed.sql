-- The records of what may have been lost: that to which nothing came back, and answers that no other
-- interface shows. `leg` is forward for what starts a connection, reply for what answers one.
-- Of UDP and the like silence is no loss; what arrived of it was not lost.
-- param since  timestamptz  first start judged; NULL for all
-- param until  timestamptz  first start no longer judged; NULL for all
with known as (
    select
        s.*,
        coalesce(a.asked, false) as asked,
        coalesce(a.answered, false) as answered,
        coalesce(a.answered and not a.answered_otherwise, false) as only_reset,
        coalesce(a.more_than_asked, false) as more_than_asked,
        r.sent_hash is not null as arrived,
        case
            when s.protocol = 6 and s.tcp_flags = 2 then 'forward'
            when s.protocol = 6 and s.tcp_flags = 18 then 'reply'
            when coalesce(a.asked, false) then 'reply'
            when s.protocol = 6 and s.dstport >= 1024 and s.srcport < s.dstport then 'reply'
            else 'forward'
        end as leg
    from sending($since::timestamptz, $until::timestamptz) as s
    left join sent_answers as a
        on
            s.sent_hash = a.sent_hash
            and s.interface_hash = a.interface_hash
            and s.start_time = a.start_time
    left join sent_arrivals as r
        on
            s.sent_hash = r.sent_hash
            and s.interface_hash = r.interface_hash
            and s.start_time = r.start_time
)

select
    object_id,
    line_number,
    interface_id,
    account_id,
    vpc_id,
    subnet_id,
    src_ip,
    dst_ip,
    srcport as src_port,
    dstport as dst_port,
    protocol,
    start_time,
    coalesce(end_time, start_time) as end_time,
    end_time as told_end_time,
    packets,
    bytes,
    tcp_flags,
    leg,
    only_reset,
    is_exact
from known
where
    case
        when leg = 'reply' then asked and not arrived and not (protocol = 6 and more_than_asked)
        when protocol = 6 then not answered or (only_reset and arrived)
        else not answered and not arrived
    end
