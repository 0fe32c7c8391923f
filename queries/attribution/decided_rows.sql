-- The row of the decision table that applies to each question: the first whose conditions hold.
with stages as (
    select
        q.*,
        g.groups_say,
        g.group_ids,
        g.groups_late,
        g.groups_later_calls,
        g.doubtful_groups,
        g.surely_ineffective,
        g.doubts,
        g.is_unsupported,
        g.has_rules,
        g.gateway_unknown,
        g.missing_groups,
        g.missing_prefix_lists,
        g.missing_accounts,
        g.groupless_interfaces,
        a.acl_says,
        a.acl_known,
        a.same_subnet,
        a.may_be_handed_in,
        a.stays_in_subnet,
        a.network_acl_id,
        a.rule_number,
        a.late as acl_late,
        -- A block of the VPC's public access can only concern what is not private and comes or goes
        -- by the internet, not over a peering connection, a transit gateway or a VPN, and a log that
        -- has the reason would have said so.
        -- https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
        case
            when p.block is not null or q.tells_reason then 'off'
            when coalesce(q.path, 'unknown') not in ('internet', 'nat', 'unknown') then 'off'
            -- Blocking what comes in leaves alone what lets nothing in by itself.
            when
                coalesce(n.mode, v.mode) = 'block-ingress'
                and (
                    q.path = 'nat'
                    or coalesce(q.route_target, '') like 'eigw-%'
                    or coalesce(q.interface_type, '') in ('nat_gateway', 'natGateway')
                )
                then 'off'
            else coalesce(n.mode, v.mode, 'off')
        end as block_mode,
        v.mode as vpc_mode,
        u.question_id is not null as is_untracked,
        coalesce(l.sees_accepted, false) as sees_accepted,
        coalesce(l.is_blind, false) as is_blind
    from questions as q
    left join group_answers as g on q.question_id = g.question_id
    left join acl_answers as a on q.question_id = a.question_id
    left join public_access_at as v on q.vpc_id = v.resource_id and q.moment = v.moment
    left join public_access_at as n on q.subnet_id = n.resource_id and q.moment = n.moment
    left join private_peers as p on q.peer_ip = p.block
    left join tracking as u on q.question_id = u.question_id
    left join logging_at as l on q.interface_id = l.interface_id and q.moment = l.moment
),

decided as (
    select
        *,
        case
            when reject_reason = 'BPA' then 1
            when reject_reason = 'EC' then 2
            when not interface_known then 3
            when not readable then 24
            when acl_says = 'unknown' then 24
            when phase in ('reply', 'late') then
                case
                    when acl_says = 'depends' then 23
                    when acl_says = 'deny' and phase = 'late' and not answers then
                        case direction when 'ingress' then 5 else 16 end
                    when direction = 'ingress' and acl_says = 'deny' then 12
                    when acl_says = 'deny' then 18
                    when direction = 'ingress' and groups_say in ('miss', 'unknown') then 13
                    when is_untracked and direction = 'ingress' then 11
                    when is_untracked then 21
                    when direction = 'ingress' then 14
                    else 19
                end
            when groups_say = 'unknown' then 24
            when groups_say = 'depends' or acl_says = 'depends' then 23
            when direction = 'ingress' and groups_say in ('miss', 'doubtful') and acl_says = 'deny'
                then 7
            when groups_say in ('miss', 'doubtful') and acl_says = 'deny' then 17
            when groups_say = 'doubtful' then 10
            when direction = 'ingress' and groups_say = 'miss' and same_subnet then 4
            when direction = 'ingress' and groups_say = 'miss' then 6
            when direction = 'ingress' and groups_say = 'none' and acl_says = 'deny' then 8
            when direction = 'ingress' and acl_says = 'deny' then 5
            when direction = 'ingress' and block_mode <> 'off' then 9
            when direction = 'ingress' then 11
            when groups_say = 'miss' then 15
            when acl_says = 'deny' then 16
            when block_mode = 'block-bidirectional' then 20
            else 21
        end as row_by_phase
    from stages
),

-- Where nobody could have seen the flow that a packet may answer, two readings stay.
settled as (
    select
        *,
        case
            when phase = 'unknown' and is_blind and row_by_phase in (4, 6, 10, 15, 17) then 22
            else row_by_phase
        end as decision_row
    from decided
)

-- The calls that the row rests on and that were first made later; of what groups let pass or not
-- only where that counts.
select
    *,
    -- What comes in meets Block Public Access before ACL and groups; answers it lets in where it blocks
    -- one way alone.
    direction = 'ingress'
    and block_mode <> 'off'
    and (
        decision_row in (4, 5, 6, 7, 8, 10)
        or (decision_row = 12 and block_mode = 'block-bidirectional')
    ) as may_be_kept_out,
    list_sort(list_distinct(
        list_filter([
            case when late then 'describe-network-interfaces' end,
            case when groups_late then 'describe-security-groups' end,
            case when acl_late then 'describe-network-acls' end
        ], lambda call: call is not null)
        || case
            when phase in ('reply', 'late') then []
            else coalesce(groups_later_calls, [])
        end
    )) as later_calls
from settled
