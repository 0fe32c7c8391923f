-- What the groups of the interface say: allow if any rule of any group matches, else why not.
-- match: a rule surely matches. doubtful: only a reference to a group whose members sit where the
-- reference may not hold. unknown: a group, a prefix list or a group's members are in no snapshot.
-- depends: only rules for some ICMP types match, and no record has a type. miss: nothing matches.
-- none: the interface carries no groups and cannot refuse.
with fitting as (
    select
        q.question_id,
        a.*,
        coalesce(
            a.missing_prefix_list_id, a.missing_members_account_id, a.missing_groups_of
        ) is null as known,
        a.member_vpc_id is null
        or a.member_vpc_id = q.vpc_id
        or (p.is_active and p.same_region and a.member_region = q.region) is true as effective,
        -- A peer whose own groups are known decides a reference by itself.
        a.missing_members_account_id is not null and q.peer_interface_id is not null as settled
    from questions as q
    inner join carried_groups as c on q.interface_id = c.interface_id and q.moment = c.moment
    inner join allowances as a
        on
            c.group_id = a.group_id
            and c.moment = a.moment
            and q.direction = a.direction
            and a.protocol in (-1, q.protocol)
            and coalesce(q.dst_port, 0) between a.first_port and a.last_port
            and (
                a.family is null
                or (a.family = q.peer_family
                    and q.peer_number between a.first_address and a.last_address)
            )
    left join peerings_at as p
        on
            q.moment = p.moment
            and q.vpc_id = p.vpc_id
            and a.member_vpc_id = p.peer_vpc_id
            and p.is_active
    where q.readable
),

matched as (
    select
        question_id,
        bool_or(known and every_type and effective) as surely,
        bool_or(known and not effective) as doubtful,
        bool_or(not known and not settled) as unknown,
        bool_or(known and effective and not every_type) as by_type,
        list(distinct missing_prefix_list_id) filter (where not settled) as missing_prefix_lists,
        list(distinct missing_members_account_id) filter (where not settled) as missing_accounts,
        list(distinct missing_groups_of) as groupless_interfaces
    from fitting
    group by question_id
),

carried as (
    select
        q.question_id,
        list_sort(list(c.group_id)) as group_ids,
        bool_or(c.late) as late,
        list(c.group_id) filter (
            where not case q.direction when 'ingress' then c.ingress_known else c.egress_known end
        ) as missing_groups
    from questions as q
    inner join carried_groups as c on q.interface_id = c.interface_id and q.moment = c.moment
    group by q.question_id
)

select
    q.question_id,
    array_to_string(c.group_ids, ',') as group_ids,
    case
        when q.group_count = 0 then 'none'
        when m.surely then 'match'
        when m.doubtful then 'doubtful'
        when q.group_count is null or len(c.missing_groups) > 0 or m.unknown then 'unknown'
        when m.by_type then 'depends'
        else 'miss'
    end as groups_say,
    c.late as groups_late,
    c.missing_groups,
    m.missing_prefix_lists,
    m.missing_accounts,
    m.groupless_interfaces
from questions as q
left join matched as m on q.question_id = m.question_id
left join carried as c on q.question_id = c.question_id
where q.interface_known
