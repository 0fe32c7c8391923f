-- Each question's answer: cause, certainty, what decided and everything that would have blocked.
with told as (
    select
        d.*,
        -- Without a rule and without an earlier flow, where one would have been seen, nobody asked
        -- for the packet.
        case
            when d.decision_row = 13 and d.groups_say = 'miss' and not d.earlier_seen
                and not d.is_mixed
                and d.log_is_whole and d.sees_accepted
                then 'unsolicited_packet'
            else t.cause
        end as cause,
        -- https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
        case
            when d.decision_row in (4, 6, 15) and d.groups_say = 'miss' and not d.has_rules
                then 'SG_HAS_NO_RULES'
            when d.decision_row = 10 and d.is_unsupported then 'SG_REFERENCING_SUPPORT'
            when d.decision_row = 10 and list_contains(d.doubts, 'not joined')
                then 'UNKNOWN_PEERED_SGS'
            else t.alias
        end as alias,
        d.decision_row in (4, 6, 7, 10, 15, 17) as groups_block,
        d.decision_row in (5, 7, 8, 12, 16, 17, 18) as acl_blocks,
        len(d.later_calls) > 0 as rests_on_later
    from decided_rows as d
    inner join decision_table as t on d.decision_row = t.decision_row
),

blocked as (
    select
        *,
        case when groups_block then {
            'stage': 'security-group-' || direction,
            'element_type': 'security-group',
            'element_id': case groups_say when 'doubtful' then doubtful_groups else group_ids end,
            'rule': null::varchar,
            'cause': case groups_say
                when 'doubtful' then 'sg_reference_ineffective'
                else 'sg_' || direction || '_miss'
            end
        } end as group_blocker,
        case when acl_blocks then {
            'stage': 'network-acl-' || direction,
            'element_type': 'network-acl',
            'element_id': network_acl_id,
            'rule': rule_number::varchar,
            'cause': 'nacl_' || direction || '_deny'
                || case when decision_row in (12, 18) then '_reply' else '' end
        } end as acl_blocker,
        case when decision_row in (1, 9, 20) then {
            'stage': 'block-public-access',
            'element_type': 'block-public-access',
            'element_id': vpc_id,
            'rule': null::varchar,
            'cause': cause
        } end as access_blocker
    from told
),

-- A packet that comes in meets the subnet's ACL first, one that leaves the interface's groups.
ordered as (
    select
        *,
        list_filter(
            case
                when direction = 'ingress' then [access_blocker, acl_blocker, group_blocker]
                else [group_blocker, acl_blocker, access_blocker]
            end,
            lambda blocker: blocker is not null
        ) as blockers
    from blocked
)

select
    question_id,
    decision_row,
    cause,
    alias,
    phase,
    phase_source,
    blockers,
    blockers[1].element_type as element_type,
    blockers[1].element_id as element_id,
    blockers[1].rule as rule,
    case
        when decision_row in (1, 2) then 'certain'
        when decision_row in (3, 11, 21, 24) then 'unknown'
        when decision_row in (22, 23) then 'conditional'
        when decision_row in (9, 13, 14, 19, 20) or rests_on_later then 'probable'
        when decision_row in (5, 7, 8, 12) and may_be_accelerated then 'probable'
        -- Which rule of the ACL denies it depends on the ICMP type, which no record has.
        when acl_blocks and rule_number is null then 'probable'
        when may_be_kept_out then 'probable'
        -- Which side a packet is of is told from the ports where the log does not show it.
        when decision_row in (5, 12, 16, 18) and phase = 'late' and is_answer is null then 'probable'
        -- What an ACL let pass of the same flow it refuses only after a change.
        when decision_row in (5, 12, 16, 18) and let_pass then 'probable'
        when (groups_block or acl_blocks) and is_mixed then 'probable'
        -- Nor do groups and ACL refuse what they let begin.
        when (groups_block or acl_blocks) and phase = 'initial' and let_pass then 'probable'
        -- What is tracked no longer, or is no answer, the groups judge, too.
        when
            decision_row in (5, 12, 16, 18)
            and idle in ('closed', 'expired', 'not a stream', 'a question')
            and coalesce(groups_say, 'unknown') not in ('match', 'none')
            then 'probable'
        when decision_row in (12, 18) and reverse_seen and phase_source <> 'heuristic' then 'certain'
        when decision_row in (12, 18) then 'probable'
        when groups_block and groups_say = 'doubtful' and not surely_ineffective then 'probable'
        when phase_source = 'flags' then 'certain'
        else 'probable'
    end as certainty
from ordered
