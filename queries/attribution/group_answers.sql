-- What the groups of the interface say: allow if any rule of any group matches, else why not.
-- match: a rule surely matches. unknown: a group, a prefix list or a group's members are in no snapshot.
-- depends: only rules for some ICMP types match, and no record has a type. doubtful: only a reference to
-- a group whose members sit where the reference may not hold, and nothing else may allow it. miss:
-- nothing matches. none: the interface carries no groups and cannot refuse. `match_place` is the
-- allowance that matches.
with asked_of as (
    select
        q.question_id,
        q.direction,
        q.protocol,
        coalesce(q.dst_port, 0) as port,
        q.peer_family,
        q.peer_number,
        c.moment,
        c.group_id
    from questions as q
    inner join carried_groups as c on q.interface_id = c.interface_id and q.moment = c.moment
    where q.readable
),

-- Most rules are for one port, by which they are found; the others are gone through.
found as (
    select k.question_id, a.place
    from asked_of as k
    inner join allowances as a
        on
            k.group_id = a.group_id
            and k.moment = a.moment
            and k.direction = a.direction
            and k.protocol = a.protocol
            and k.port = a.first_port
    where
        a.one_port
        and (
            a.family is null
            or (a.family = k.peer_family
                and k.peer_number between a.first_address and a.last_address)
        )
    union all
    select k.question_id, a.place
    from asked_of as k
    inner join allowances as a
        on
            k.group_id = a.group_id
            and k.moment = a.moment
            and k.direction = a.direction
            and a.protocol in (-1, k.protocol)
            and k.port between a.first_port and a.last_port
    where
        not a.one_port
        and (
            a.family is null
            or (a.family = k.peer_family
                and k.peer_number between a.first_address and a.last_address)
        )
),

fitting as (
    select
        q.question_id,
        a.*,
        coalesce(
            a.missing_prefix_list_id, a.missing_members_account_id, a.missing_groups_of
        ) is null as known,
        -- Nothing comes in over a peering connection that is not active.
        q.direction = 'ingress' and coalesce(not n.is_active and not n.is_disputed, false) as is_dead,
        -- A peering connection that no snapshot has joins nobody knows what.
        case
            when is_dead or (q.path = 'peering' and q.peer_vpc_id is null) then 'unknown'
            else coalesce(q.path, 'unknown')
        end as path,
        a.member_vpc_id <> q.vpc_id as is_abroad,
        a.member_vpc_id <> q.peer_vpc_id and not is_dead as is_elsewhere,
        a.member_region is distinct from q.region as is_far,
        regexp_matches(q.route_target, '^(vpce|eni|i)-') as is_redirected,
        l.vpc_id is not null as is_joined,
        coalesce(l.is_peered, false) as is_peered,
        coalesce(l.is_disputed, false) as is_disputed,
        l.over_gateway,
        -- A peer whose own groups are known decides a reference by itself.
        a.missing_members_account_id is not null and q.peer_interface_id is not null as settled,
        l.peering_late,
        l.gateway_late,
        q.route_late
    from found as f
    inner join questions as q on f.question_id = q.question_id
    inner join allowances as a on f.place = a.place
    left join vpc_links_at as l
        on q.moment = l.moment and q.vpc_id = l.vpc_id and a.member_vpc_id = l.peer_vpc_id
    left join peerings_at as n
        on
            q.moment = n.moment
            and q.vpc_id = n.vpc_id
            and q.route_target = n.vpc_peering_connection_id
),

-- Whose address it is depends on the VPC that the way leads to, and where a reference reaches on
-- what it leads over: within a VPC, over an active peering connection of the Region, and over a
-- transit gateway for inbound rules where it and both attachments support that; not across an
-- appliance or a firewall's endpoint. What comes in may have come by another way than the answer
-- goes. https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
referred as (
    select
        *,
        case
            when member_vpc_id is null then 'effective'
            when is_elsewhere then 'elsewhere'
            when not is_abroad then 'effective'
            when is_far then 'ineffective'
            when path = 'transit-gateway' and direction = 'egress' then 'ineffective'
            when is_peered and path <> 'transit-gateway' then 'effective'
            when direction = 'ingress' and path <> 'peering' and over_gateway = 'enabled'
                then 'effective'
            when direction = 'ingress' and path <> 'peering' and over_gateway = 'unknown'
                then 'unknown'
            when is_peered or is_disputed or not is_joined then 'doubtful'
            else 'ineffective'
        end as unhindered,
        case
            when member_vpc_id is not null and unhindered = 'effective' and is_redirected
                then 'doubtful'
            else unhindered
        end as reference
    from fitting
),

weighed as (
    select
        *,
        case
            when reference <> 'doubtful' then null
            when unhindered = 'effective' then 'redirected'
            when is_peered then 'over a gateway'
            when is_disputed then 'disputed'
            else 'not joined'
        end as doubt,
        -- Where nothing else stands in its way than that the transit gateway, or an attachment to
        -- it, does not support references.
        direction = 'ingress'
        and not is_far
        and not is_disputed
        and unhindered <> 'effective'
        and path <> 'peering'
        and over_gateway = 'disabled' as is_unsupported,
        list_filter([
            case
                when not coalesce(late, false) then null
                when member_vpc_id is null then 'get-managed-prefix-list-entries'
                else 'describe-network-interfaces'
            end,
            case when is_abroad and peering_late then 'describe-vpc-peering-connections' end,
            case when is_abroad and direction = 'ingress' and gateway_late and not is_peered then
                'describe-transit-gateway-vpc-attachments'
            end,
            case when route_late and (is_abroad or is_elsewhere or is_redirected) then
                'describe-route-tables'
            end
        ], lambda call: call is not null) as later_calls
    from referred
),

matched as (
    select
        question_id,
        bool_or(known and every_type and reference = 'effective') as surely,
        -- One match by what was there in time is enough.
        arg_min(later_calls, len(later_calls)) filter (
            where known and every_type and reference = 'effective'
        ) as match_later_calls,
        arg_min(place, len(later_calls) << 40 | place) filter (
            where known and every_type and reference = 'effective'
        ) as match_place,
        flatten(list(later_calls)) as later_calls,
        bool_or(known and reference in ('ineffective', 'doubtful')) as doubtful,
        bool_and(reference = 'ineffective') filter (
            where known and reference in ('ineffective', 'doubtful')
        ) as surely_ineffective,
        list_sort(list(distinct group_id) filter (
            where known and reference in ('ineffective', 'doubtful')
        )) as doubtful_groups,
        bool_or(
            (not known and not settled and reference <> 'elsewhere')
            or (known and reference = 'unknown')
        ) as unknown,
        bool_or(known and reference = 'effective' and not every_type) as by_type,
        bool_or(known and reference = 'unknown') as gateway_unknown,
        -- By another way another reference may reach.
        bool_or(is_abroad)
        and not bool_or(known and every_type and member_vpc_id is null) as rests_on_way,
        list(distinct missing_prefix_list_id) filter (where not settled) as missing_prefix_lists,
        list(distinct missing_members_account_id) filter (where not settled) as missing_accounts,
        list(distinct missing_groups_of) filter (where reference <> 'elsewhere')
            as groupless_interfaces,
        list(distinct doubt) filter (where known) as doubts,
        bool_or(known and reference in ('ineffective', 'doubtful') and is_unsupported)
            as is_unsupported
    from weighed
    group by question_id
),

-- That none of these rules matches was first observed later. A peer whose own groups were known in
-- time decides a reference by itself.
unmatched as (
    select
        q.question_id,
        list(distinct r.call) as later_calls
    from questions as q
    inner join carried_groups as c on q.interface_id = c.interface_id and q.moment = c.moment
    inner join late_rules as r
        on
            c.group_id = r.group_id
            and c.moment = r.moment
            and q.direction = r.direction
            and r.protocol in (-1, q.protocol)
            and coalesce(q.dst_port, 0) between r.first_port and r.last_port
    where
        q.readable
        and (
            r.call <> 'describe-network-interfaces'
            or q.peer_interface_id is null
            or coalesce(q.peer_late, true)
        )
    group by q.question_id
),

ruled as (
    select
        moment,
        group_id,
        bool_or(direction = 'ingress') as has_ingress,
        bool_or(direction = 'egress') as has_egress
    from group_rules
    group by moment, group_id
),

carried as (
    select
        c.interface_id,
        c.moment,
        array_to_string(list_sort(list(c.group_id)), ',') as group_ids,
        bool_or(c.late) as late,
        bool_and(c.ingress_known and c.egress_known) as rules_known,
        list(c.group_id) filter (where not c.ingress_known) as missing_ingress,
        list(c.group_id) filter (where not c.egress_known) as missing_egress,
        coalesce(bool_or(r.has_ingress), false) as has_ingress,
        coalesce(bool_or(r.has_egress), false) as has_egress
    from carried_groups as c
    left join ruled as r on c.moment = r.moment and c.group_id = r.group_id
    group by c.interface_id, c.moment
),

told as (
    select
        q.question_id,
        q.group_count,
        c.group_ids,
        c.late,
        c.rules_known,
        case q.direction when 'ingress' then c.missing_ingress else c.missing_egress end
            as missing_groups,
        case q.direction when 'ingress' then c.has_ingress else c.has_egress end as has_rules
    from questions as q
    left join carried as c on q.interface_id = c.interface_id and q.moment = c.moment
    where q.interface_known
)

select
    q.question_id,
    q.group_ids,
    case
        when q.group_count = 0 then 'none'
        when m.surely then 'match'
        when q.group_count is null or len(q.missing_groups) > 0 or m.unknown then 'unknown'
        when m.by_type then 'depends'
        when m.doubtful then 'doubtful'
        else 'miss'
    end as groups_say,
    q.late as groups_late,
    case
        when m.surely then m.match_later_calls
        else coalesce(m.later_calls, []) || coalesce(u.later_calls, [])
    end as groups_later_calls,
    case when m.surely then m.match_place end as match_place,
    m.surely_ineffective,
    m.doubts,
    coalesce(m.is_unsupported, false) as is_unsupported,
    coalesce(q.has_rules, true) as has_rules,
    array_to_string(m.doubtful_groups, ',') as doubtful_groups,
    coalesce(m.gateway_unknown, false) as gateway_unknown,
    coalesce(m.rests_on_way, false) as rests_on_way,
    coalesce(q.rules_known, false) as rules_known,
    q.missing_groups,
    m.missing_prefix_lists,
    m.missing_accounts,
    m.groupless_interfaces
from told as q
left join matched as m on q.question_id = m.question_id
left join unmatched as u on q.question_id = u.question_id
