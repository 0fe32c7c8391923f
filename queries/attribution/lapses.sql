-- What the log shows of the end of a connection that a packet came too late for, or may have: that
-- it was closed, or was idle for longer than its interface keeps it. What groups let pass by tracking
-- they judge by their rules after that. Where TCP surely expired, by a log that is whole, the
-- setting of the interface is what its packets missed.
-- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
with lapsed as (
    select
        *,
        decision_row in (13, 14, 19) as is_lost,
        'its last packets that were let pass ended longer before than the ' as ended
    from decided_rows
    where idle is not null and (idle <> 'a question' or decision_row in (12, 18))
)

select
    question_id,
    case
        when is_lost and idle = 'closed'
            then 'packets that close its connection (FIN or RST) were let pass within the hour before'
        when is_lost and idle = 'by default'
            then ended || '350 s after which Nitro v6 instances and later drop an idle TCP '
                || 'connection by default: where it is one of these, it has expired or was closed'
        when is_lost and idle = 'not a stream'
            then ended || udp_timeout || ' s for which its interface keeps a UDP flow of no more than '
                || 'one question and its answer: if it was one, it has expired'
        when is_lost and not log_is_whole
            then ended || tcp_established_timeout || ' s for which its interface keeps an idle TCP '
                || 'connection: it had expired or was closed, unless the log lacks some of them'
        when is_lost and phase_source <> 'flags'
            then ended || tcp_established_timeout || ' s for which its interface keeps an idle TCP '
                || 'connection: it had expired or was closed'
        when is_lost
            then ended || tcp_established_timeout || ' s for which its interface keeps an idle TCP '
                || 'connection: it had expired'
        when idle = 'a question' and coalesce(groups_say, 'unknown') not in ('match', 'none')
            then 'if it is a question of its own, and no answer, the groups judge it, too: no log has '
                || 'the type of ICMP'
        when
            decision_row in (5, 12, 16, 18) and idle = 'closed'
            and coalesce(groups_say, 'unknown') not in ('match', 'none')
            then 'packets that close its connection (FIN or RST) were let pass within the hour before: '
                || 'then the groups judge it, too'
        when
            decision_row in (5, 12, 16, 18) and idle in ('expired', 'not a stream')
            and coalesce(groups_say, 'unknown') not in ('match', 'none')
            then 'its connection may have expired, for it was idle: then the groups judge it, too'
        when decision_row > 3 and idle = 'expired'
            then 'packets of its addresses and ports were let pass within the hour before, but longer '
                || 'ago than what is idle is tracked: it may be of a connection that had expired'
    end as note,
    case
        when is_lost and idle = 'expired' and log_is_whole and phase_source = 'flags' then {
            'element_type': 'interface',
            'element_id': interface_id,
            'rule': 'TcpEstablishedTimeout=' || tcp_established_timeout,
            'why': 'expired'
        }
    end as nearest_miss
from lapsed
