-- The row of the decision table that applies to each question: the first whose conditions hold.
with stages as (
    select
        q.*,
        g.groups_say,
        g.group_ids,
        g.groups_late,
        g.missing_groups,
        g.missing_prefix_lists,
        g.missing_accounts,
        g.groupless_interfaces,
        a.acl_says,
        a.acl_known,
        a.same_subnet,
        a.network_acl_id,
        a.rule_number,
        a.late as acl_late,
        -- A block of the VPC's public access can only concern what is not private.
        -- https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
        coalesce(v.mode, 'off') as block_mode,
        p.block is not null as peer_private
    from questions as q
    left join group_answers as g on q.question_id = g.question_id
    left join acl_answers as a on q.question_id = a.question_id
    left join public_access_at as v on q.vpc_id = v.vpc_id and q.moment = v.moment
    left join private_peers as p on q.peer_ip = p.block
)

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
                when direction = 'ingress' and acl_says = 'deny' then 12
                when direction = 'ingress' and groups_say in ('match', 'none') then 14
                when direction = 'ingress' then 13
                when acl_says = 'deny' then 18
                else 19
            end
        when groups_say = 'unknown' then 24
        when groups_say = 'depends' or acl_says = 'depends' then 23
        when groups_say = 'doubtful' then 10
        when direction = 'ingress' and groups_say = 'miss' and acl_says = 'deny' then 7
        when direction = 'ingress' and groups_say = 'miss' and same_subnet then 4
        when direction = 'ingress' and groups_say = 'miss' then 6
        when direction = 'ingress' and groups_say = 'none' and acl_says = 'deny' then 8
        when direction = 'ingress' and acl_says = 'deny' then 5
        when direction = 'ingress' and not peer_private and block_mode <> 'off' then 9
        when direction = 'ingress' then 11
        when groups_say = 'miss' and acl_says = 'deny' then 17
        when groups_say = 'miss' then 15
        when acl_says = 'deny' then 16
        when not peer_private and block_mode = 'block-bidirectional' then 20
        else 21
    end as decision_row
from stages
