-- Each question's answer: cause, certainty, what decided and everything that would have blocked.
with told as (
    select
        d.*,
        t.cause,
        t.alias,
        t.note as row_note,
        d.decision_row in (4, 6, 7, 15, 17) as groups_block,
        d.decision_row in (5, 7, 8, 16, 17) as acl_blocks,
        coalesce(d.late, false) or coalesce(d.acl_late, false) as rests_on_later
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
    end as certainty,
    nullif(concat_ws('; ',
        row_note,
        case when decision_row = 24 and not readable then
            'the record lacks a direction, a protocol, a port or a peer address'
        end,
        case when decision_row = 24 and readable and acl_says = 'unknown' and not acl_known then
            'no network ACL is known for the subnet: load describe-network-acls'
        end,
        case when decision_row = 24 and readable and acl_says = 'unknown' and acl_known then
            'whether the peer is in the same subnet is not known: load describe-subnets'
        end,
        case when decision_row = 24 and readable and len(missing_groups) > 0 then
            'groups in no snapshot: ' || array_to_string(missing_groups, ',')
            || ': load describe-security-groups'
        end,
        case when decision_row = 24 and readable and len(missing_prefix_lists) > 0 then
            'prefix lists in no snapshot: ' || array_to_string(missing_prefix_lists, ',')
            || ': load get-managed-prefix-list-entries'
        end,
        case when decision_row = 24 and readable and len(missing_accounts) > 0 then
            'members of groups of account ' || array_to_string(missing_accounts, ',')
            || ' are not known: load its describe-network-interfaces'
        end,
        case when decision_row = 24 and readable and len(groupless_interfaces) > 0 then
            'the snapshot does not say which groups the peer carries: '
            || array_to_string(groupless_interfaces, ',')
        end,
        case when decision_row = 24 and readable and group_count is null then
            'the snapshot does not say which groups the interface carries'
        end,
        case when decision_row = 1 and block_mode <> 'off' then
            'Block Public Access is ' || block_mode
        end,
        case when phase_source = 'heuristic' and decision_row > 3 then
            'the record has no tcp-flags: the phase is told from the ports'
        end,
        case when phase = 'unknown' and decision_row > 3 then
            'judged as the first packet of a flow: the protocol has no flags to tell'
        end
    ), '') as note
from ordered
