-- Each question's answer: cause, certainty, what decided and everything that would have blocked.
with told as (
    select
        d.*,
        t.cause,
        t.alias,
        d.decision_row in (4, 6, 7, 15, 17) as groups_block,
        d.decision_row in (5, 7, 8, 16, 17) as acl_blocks,
        coalesce(d.late or d.groups_late or d.acl_late, false) as rests_on_later
    from decided_rows as d
    inner join decision_table as t on d.decision_row = t.decision_row
),

blocked as (
    select
        *,
        case when groups_block then {
            'stage': 'security-group-' || direction,
            'element_type': 'security-group',
            'element_id': group_ids,
            'rule': null::varchar,
            'cause': 'sg_' || direction || '_miss'
        } end as group_blocker,
        case when acl_blocks then {
            'stage': 'network-acl-' || direction,
            'element_type': 'network-acl',
            'element_id': network_acl_id,
            'rule': rule_number::varchar,
            'cause': 'nacl_' || direction || '_deny'
        } end as acl_blocker,
        case when decision_row = 1 then {
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
        when decision_row not in (4, 5, 6, 7, 8, 15, 16, 17) then 'unknown'
        when phase_source = 'flags' and not rests_on_later then 'certain'
        else 'probable'
    end as certainty
from ordered
