-- What is unknown about each answer and which call would settle it, and on what it was judged.
with told as (
    select
        *,
        -- Beside what may allow it, too, a reference that does not reach is told.
        decision_row = 10
        or (
            decision_row in (23, 24)
            and phase not in ('reply', 'late')
            and groups_say in ('unknown', 'depends')
        ) as tells_reference
    from decided_rows
),

-- What is not explained may have no way either: that routes refuse anything no page of AWS says, so
-- it is told and nothing is concluded from it.
unrouted as (
    select
        d.question_id,
        case
            when h.destination is null
                then ', and ' || h.route_table_id || ' has no route '
                    || case d.direction when 'ingress' then 'back ' else '' end || 'to ' || d.peer_ip
                    || ' either'
            else ', and the route of ' || h.route_table_id || ' for ' || h.destination
                || ' is a blackhole'
        end as note
    from decided_rows as d
    inner join ends as e
        on d.interface_id = e.interface_id and d.moment = e.moment and d.peer_ip = e.peer_ip
    inner join next_hops as h on e.end_id = h.end_id
    where
        d.decision_row in (11, 21)
        and not coalesce(e.is_neighbour, false)
        and not e.is_of_link
        and not h.is_ambiguous
        and len(h.unknown_lists) = 0
        and h.route_table_id is not null
        and (h.state = 'blackhole' or h.destination is null)
),

-- https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html
encrypted as (
    select d.question_id, v.encryption_control_mode as mode
    from decided_rows as d
    inner join vpcs as v on d.vpc_id = v.vpc_id
    inner join scopes as s on v.scope = s.scope
    inner join views_at as w on d.moment = w.moment and v.scope = w.scope
    where d.decision_row = 2 and in_force(v.valid_from, v.valid_to, s.first_observed, d.moment)
    qualify row_number() over (
        partition by d.question_id
        order by w.seen desc nulls last, s.observer_id is distinct from v.account_id, s.scope
    ) = 1
)

select
    d.question_id,
    d.later_calls,
    nullif(concat_ws('; ',
        t.note || coalesce(u.note, ''),
        'encryption controls of ' || d.vpc_id || ' are in the mode ' || c.mode,
        case when d.decision_row = 3 and d.moment is null then
            'the record has no start time, or no snapshot is loaded'
        end,
        case when d.decision_row = 24 and not d.readable then
            'the record lacks a direction, a protocol, a port or a peer address'
        end,
        case when d.decision_row = 24 and d.readable and d.acl_says = 'unknown' and not d.acl_known then
            case
                when d.network_acl_id is null then 'no network ACL is known for the subnet'
                else 'two rules of ' || d.network_acl_id || ' have one number and disagree'
            end || ': load describe-network-acls'
        end,
        case
            when d.decision_row = 24 and d.readable and d.acl_says = 'unknown' and d.acl_known
                and d.stays_in_subnet
                then case d.direction when 'ingress' then 'its answer' else 'it' end || ' goes by '
                    || d.route_target || ', which has an interface in the same subnet: from there to here '
                    || 'no ACL is asked: log that interface'
            when d.decision_row = 24 and d.readable and d.acl_says = 'unknown' and d.acl_known
                and d.may_be_handed_in and d.path = 'transit-gateway'
                then 'its answer goes by ' || d.route_target || ', whose interface in the subnet may '
                    || 'have handed it in, and then no ACL is asked, but it may have come by another '
                    || 'subnet, over a peering connection or from the internet, too: log that interface'
            when d.decision_row = 24 and d.readable and d.acl_says = 'unknown' and d.acl_known
                and d.may_be_handed_in and d.path <> 'unknown'
                then 'no route of the subnet leads back to it but by ' || d.route_target || ': a '
                    || 'transit gateway''s interface in the subnet may have handed it in, and then no '
                    || 'ACL is asked: log that interface'
            when d.decision_row = 24 and d.readable and d.acl_says = 'unknown' and d.acl_known then
                'whether the ACL is asked is not known: load describe-subnets and describe-route-tables'
        end,
        case when d.decision_row = 24 and d.readable and len(d.missing_groups) > 0 then
            'groups in no snapshot: ' || array_to_string(d.missing_groups, ',')
            || ': load describe-security-groups'
        end,
        case when d.decision_row = 24 and d.readable and len(d.missing_prefix_lists) > 0 then
            'prefix lists in no snapshot: ' || array_to_string(d.missing_prefix_lists, ',')
            || ': load get-managed-prefix-list-entries'
        end,
        case when d.decision_row = 24 and d.readable and len(d.missing_accounts) > 0 then
            'members of groups of account ' || array_to_string(d.missing_accounts, ',')
            || ' are not known: load its describe-network-interfaces'
        end,
        case when d.decision_row = 24 and d.readable and len(d.groupless_interfaces) > 0 then
            'the snapshot does not say which groups the peer carries: '
            || array_to_string(d.groupless_interfaces, ',')
        end,
        case when d.decision_row = 24 and d.readable and d.group_count is null then
            'the snapshot does not say which groups the interface carries'
        end,
        case when d.decision_row in (1, 9, 20) and d.vpc_mode <> 'off' then
            'Block Public Access is ' || d.vpc_mode
        end,
        case
            when d.may_be_kept_out then
                'Block Public Access is ' || d.block_mode || ' and comes before groups and ACL: it may be '
                || 'what refused it'
            -- What groups or ACL refuse on the way out it would refuse still when they let it pass.
            when d.decision_row in (15, 16, 17) and d.block_mode = 'block-bidirectional' then
                'Block Public Access is ' || d.block_mode || ', too, and may refuse it next'
        end,
        case when d.tells_reference and d.surely_ineffective then
            'a rule refers to a group whose member is where the reference does not reach'
        end,
        case when d.tells_reference and list_contains(d.doubts, 'not joined') then
            'a rule refers to a group whose member is in a VPC that no snapshot joins to this one'
        end,
        case when d.tells_reference and list_contains(d.doubts, 'disputed') then
            'a rule refers to a group over a peering connection of which the snapshots of its two '
            || 'sides disagree: load describe-vpc-peering-connections of both'
        end,
        case when d.tells_reference and list_contains(d.doubts, 'over a gateway') then
            'a rule refers to a group that it reaches over the peering connection, but the route '
            || 'leads over a transit gateway, which carries no such reference'
        end,
        case when d.tells_reference and list_contains(d.doubts, 'redirected') then
            'a rule refers to a group whose member the route leads to by ' || d.route_target
            || ': a reference does not hold across a middlebox'
        end,
        s.note,
        case when d.decision_row in (12, 18) and not d.reverse_seen then
            'what it answers was not logged within the hour before'
        end,
        l.note,
        case
            when
                d.decision_row in (4, 5, 6, 7, 8, 10, 15, 16, 17) and d.let_pass
                and d.phase = 'initial' and d.phase_source = 'flags'
                then 'a connection between the same addresses, to the same port, was let begin since '
                    || 'the snapshot: groups or ACL have changed since, or are not what refuses it'
            when d.decision_row in (5, 12, 16, 18) and d.let_pass then
            'packets of the same addresses and ports were let pass since the snapshot: the ACL has changed '
            || 'since, or is not what refuses them'
            when d.decision_row in (11, 21) and d.let_pass and d.phase = 'initial'
                and d.phase_source = 'flags'
                then 'a connection between the same addresses, to the same port, was let begin since '
                    || 'the snapshot, too: what refuses it came later, or has gone since'
            -- That late packets are refused whose connection passed is what rows 13, 14 and 19 say.
            when d.is_mixed and d.protocol in (1, 58) and d.decision_row not in (1, 2, 3, 13, 14, 19)
                then 'ICMP between the same addresses was let pass within the window of the record, too: '
                    || 'of another type, which no record has, or what decides changed in it'
            when d.is_mixed and d.decision_row not in (1, 2, 3, 13, 14, 19)
                then 'the same flow was let pass within the window of the record, too: what decides '
                    || 'changed in it, or its tracking ended'
        end,
        case when d.decision_row in (5, 7, 8, 12, 16, 17, 18) and d.rule_number is null then
            'which of the ACL''s rules denies it depends on the ICMP type, which no record has'
        end,
        case when d.decision_row in (5, 7, 8, 12) and d.may_be_accelerated then
            'a Global Accelerator is in the VPC: no ACL is asked of what it brings'
        end,
        case when d.decision_row in (5, 12, 16, 18) and d.phase = 'late' and d.is_answer is null then
            'which side began the connection is told from the ports: the log does not show its start '
            || 'within the hour before'
        end,
        case when d.decision_row = 13 and d.earlier_seen and coalesce(d.idle, '') not in ('closed', 'expired')
            then
            'the connection was there within the hour before: it was closed, has expired, or its '
            || 'packets take two ways'
        end,
        case when d.decision_row = 22 then
            'if it is new the groups decide, if it answers something '
            || case when d.acl_says = 'deny' then
                coalesce('rule ' || d.rule_number || ' of ', '') || d.network_acl_id
            else 'no connection is tracked any more' end
            || ': log accepted traffic, too, to tell'
        end,
        case when d.decision_row = 24 and d.gateway_unknown then
            'whether group references reach over the transit gateway is not known: load '
            || 'describe-transit-gateways and describe-transit-gateway-vpc-attachments'
        end,
        case
            when d.is_sender_unplaced then
                'several VPCs have ' || d.peer_ip || ': the logs show that ' || d.sender_id
                || ' sent it or passed it on, which the snapshot does not have at that address'
            when d.is_sender_told and d.routed_vpc_id is null then
                'several VPCs have ' || d.peer_ip || ': the logs show that ' || d.sender_id || ' in '
                || d.peer_vpc_id || ' sent it'
            when d.is_led_elsewhere then
                'the logs show that ' || d.sender_id || ' in ' || d.peer_vpc_id || ' sent it, but what '
                || 'answers it would be led to ' || d.routed_vpc_id || ', which has the address, too'
        end,
        case when d.phase_source = 'heuristic' and d.decision_row > 3 then
            'the record has no tcp-flags: the phase is told from the ports'
        end,
        case when d.phase = 'unknown' and d.decision_row > 3 then
            'judged as the first packet of a flow: the protocol has no flags to tell'
        end
    ), '') as note
from told as d
inner join decision_table as t on d.decision_row = t.decision_row
left join unrouted as u on d.question_id = u.question_id
left join encrypted as c on d.question_id = c.question_id
left join stale_fits as s on d.question_id = s.question_id
left join lapses as l on d.question_id = l.question_id
