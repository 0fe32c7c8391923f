-- What the groups allow, as ranges of addresses, each with its origin: a block, a prefix list's
-- block or a member's address. Where the snapshots do not hold what a rule refers to, the range is
-- what it may be, and a `missing_` column names what is not there: such a rule may match. `late` is
-- where it is only known from what was first observed later.
with ranges as (
    select
        r.rule_row,
        n.family,
        n.first_address,
        n.last_address,
        n.bits,
        r.cidr as peer,
        null as member_vpc_id,
        null as member_region,
        null as missing_prefix_list_id,
        null as missing_members_account_id,
        null as missing_groups_of,
        false as late
    from group_rules as r
    inner join networks as n on r.cidr = n.block
    union all by name
    select
        r.rule_row,
        unnest(p.blocks, recursive := true),
        r.prefix_list_id as peer,
        p.late
    from group_rules as r
    inner join prefix_lists_at as p on r.moment = p.moment and r.prefix_list_id = p.prefix_list_id
    union all by name
    select
        r.rule_row,
        0 as bits,
        r.prefix_list_id as peer,
        r.prefix_list_id as missing_prefix_list_id
    from group_rules as r
    anti join prefix_lists_at as p on r.moment = p.moment and r.prefix_list_id = p.prefix_list_id
    where r.prefix_list_id is not null
    union all by name
    select
        r.rule_row,
        m.family,
        m.first_address,
        m.last_address,
        0 as bits,
        r.referenced_group_id as peer,
        m.vpc_id as member_vpc_id,
        m.region as member_region,
        m.late
    from group_rules as r
    inner join members_at as m on r.moment = m.moment and r.referenced_group_id = m.group_id
    union all by name
    -- The account of the referenced group was never asked for its interfaces in this Region.
    select
        r.rule_row,
        0 as bits,
        r.referenced_group_id as peer,
        r.referenced_account_id as missing_members_account_id
    from group_rules as r
    anti join scopes as s
        on
            s.call = 'describe-network-interfaces'
            and r.referenced_account_id = s.observer_id
            and r.region = s.region
    where r.referenced_account_id is not null
    union all by name
    -- An interface whose groups the snapshot does not say may carry the referenced one.
    select
        r.rule_row,
        a.family,
        a.first_address,
        a.last_address,
        0 as bits,
        r.referenced_group_id as peer,
        a.vpc_id as member_vpc_id,
        a.interface_id as missing_groups_of,
        a.late
    from group_rules as r
    inner join addresses_at as a on r.moment = a.moment and a.group_count is null
    where r.referenced_group_id is not null
)

select
    -- The smallest block stands first.
    row_number() over (
        order by a.bits, r.group_id, a.peer, r.security_group_rule_id, r.protocol, r.first_port,
            r.last_port, r.moment, r.direction
    ) as place,
    r.moment,
    r.group_id,
    r.direction,
    r.protocol,
    r.first_port,
    r.last_port,
    r.protocol <> -1 and r.first_port = r.last_port as one_port,
    r.every_type,
    r.security_group_rule_id as rule,
    a.* exclude (rule_row)
from group_rules as r
inner join ranges as a on r.rule_row = a.rule_row
