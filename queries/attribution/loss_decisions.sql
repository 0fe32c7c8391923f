-- The decisions about silent losses, in the form of those about refused packets.
with compared as (
    select
        p.*,
        -- Interfaces come and go: that the next snapshot has none of that id contradicts nothing. What
        -- became of the packet at the other end the logs say, whatever the next snapshot has.
        p.next_question_id is not null
        and i.interface_id is null
        and a.cause not in ('host_silent', 'host_refused', 'nat_unsolicited') as is_gone,
        case
            when p.next_question_id is not null and not is_gone then
                a.cause is not distinct from n.cause
                and a.element_id is not distinct from n.element_id
                and a.rule is not distinct from n.rule
        end as stable,
        n.cause as next_cause,
        n.element_id as next_element_id,
        n.rule as next_rule
    from loss_pairs as p
    inner join loss_answers as a on p.class_id = a.class_id and p.question_id = a.question_id
    left join loss_answers as n on p.class_id = n.class_id and p.next_question_id = n.question_id
    left join loss_questions as q on p.next_question_id = q.question_id
    left join interfaces_at as i on q.interface_id = i.interface_id and q.moment = i.moment
    where a.cause is not null and a.is_proven
)

select
    c.class_id,
    i.account_id,
    i.vpc_id,
    i.subnet_id,
    k.interface_id,
    'egress' as direction,
    k.dst_ip as peer_ip,
    -- Where the routes do not say it, the record of who asked does, or of who got it. Where they lead
    -- elsewhere, the peer is who asked, and not who has the same address there.
    coalesce(t.vpc_id, o.peer_vpc_id) as peer_vpc_id,
    coalesce(t.account_id, o.peer_account_id) as peer_account_id,
    case when t.vpc_id is null then o.peer_interface_id else t.interface_id end
        as peer_interface_id,
    case when t.vpc_id is null then o.peer_candidates end as peer_candidates,
    coalesce(o.path, 'unknown') as path,
    case
        when k.leg = 'reply' then 'reply'
        when k.protocol = 6 then 'initial'
        else 'unknown'
    end as phase,
    k.phase_source,
    a.cause,
    case
        when a.cause = 'no_public_ip' and x.block is not null
            then 'IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS'
        else s.alias
    end as alias,
    case
        when a.certainty = 'unknown' then a.certainty
        when c.stable = false then 'conditional'
        when c.observed_before is null then 'probable'
        -- An interface may have been made since: that none was there takes a later snapshot, too.
        when a.cause = 'no_interface' and c.stable is null and a.certainty = 'certain'
            then 'probable'
        else a.certainty
    end as certainty,
    k.leg,
    a.element_type,
    a.element_id,
    a.rule,
    a.blockers,
    null::struct(element_type varchar, element_id varchar, "rule" varchar, why varchar)
        as nearest_miss,
    c.observed_before,
    c.observed_after,
    c.stable,
    nullif(concat_ws('; ',
        a.note,
        case when c.stable = false then
            'the next snapshot answers otherwise: '
            || coalesce(
                nullif(concat_ws(' ', c.next_cause, c.next_element_id, c.next_rule), ''),
                'nothing is in the way'
            )
        end,
        case when c.is_gone then 'the next snapshot has no such interface' end,
        case when c.observed_before is null and c.observed_after is not null then
            'judged by a snapshot taken after the record: none precedes it'
        end,
        case when k.phase_source = 'heuristic' then
            'the record has no tcp-flags: the phase is told from the ports'
        end,
        case when k.protocol <> 6 and k.leg = 'forward' then
            'judged as the first packet of a flow: the protocol has no flags to tell'
        end
    ), '') as note
from compared as c
inner join loss_answers as a on c.class_id = a.class_id and c.question_id = a.question_id
inner join lost_keys as k on c.lost_key_id = k.lost_key_id
inner join loss_questions as q on c.question_id = q.question_id
inner join loss_causes as s on a.cause = s.cause
left join interfaces_at as i on q.interface_id = i.interface_id and q.moment = i.moment
left join peers as o
    on q.interface_id = o.interface_id and q.moment = o.moment and q.peer_ip = o.peer_ip
left join loss_classes as l on c.class_id = l.class_id
left join (
    select interface_id, max(vpc_id) as vpc_id, max(account_id) as account_id
    from interfaces
    group by interface_id
) as t
    on
        l.target_id = t.interface_id
        and (
            a.cause = 'route_diverted'
            or (
                (k.leg = 'reply' or (l.arrived and o.path = 'transit-gateway'))
                and o.peer_vpc_id is null
                and list_contains(o.peer_candidates, t.vpc_id)
            )
        )
left join private_peers as x on k.dst_ip = x.block
