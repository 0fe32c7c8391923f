-- What the groups allow, as ranges of addresses, each with its origin: a block, a prefix list's
-- block or a member's address. Where the origin is not in any snapshot the range is everything and
-- `known` is false: such a rule may match.
select
    r.moment,
    r.group_id,
    r.direction,
    r.protocol,
    r.first_port,
    r.last_port,
    r.every_type,
    n.family,
    n.first_address,
    n.last_address,
    n.bits,
    r.cidr as peer,
    r.security_group_rule_id as rule,
    null as member_vpc_id,
    null as member_region,
    null as missing_prefix_list_id,
    null as missing_members_account_id,
    null as missing_groups_of
from group_rules as r
inner join networks as n on r.cidr = n.block
union all
select
    r.moment,
    r.group_id,
    r.direction,
    r.protocol,
    r.first_port,
    r.last_port,
    r.every_type,
    b.block.family,
    b.block.first_address,
    b.block.last_address,
    b.block.bits,
    r.prefix_list_id,
    r.security_group_rule_id,
    null,
    null,
    case when p.prefix_list_id is null then r.prefix_list_id end,
    null,
    null
from group_rules as r
left join prefix_lists_at as p on r.moment = p.moment and r.prefix_list_id = p.prefix_list_id
left join lateral (select unnest(p.blocks) as block) as b on true
where r.prefix_list_id is not null and (b.block is not null or p.prefix_list_id is null)
union all
select
    r.moment,
    r.group_id,
    r.direction,
    r.protocol,
    r.first_port,
    r.last_port,
    r.every_type,
    m.family,
    m.first_address,
    m.last_address,
    0,
    r.referenced_group_id,
    r.security_group_rule_id,
    m.vpc_id,
    m.region,
    null,
    null,
    null
from group_rules as r
inner join members_at as m on r.moment = m.moment and r.referenced_group_id = m.group_id
union all
-- The account that owns the referenced group was never asked for its interfaces.
select
    r.moment,
    r.group_id,
    r.direction,
    r.protocol,
    r.first_port,
    r.last_port,
    r.every_type,
    null,
    null,
    null,
    0,
    r.referenced_group_id,
    r.security_group_rule_id,
    null,
    null,
    null,
    r.referenced_account_id,
    null
from group_rules as r
where
    r.referenced_account_id is not null
    and r.referenced_account_id not in (
        select observer_id from scopes where call = 'describe-network-interfaces'
    )
union all
-- An interface whose groups the snapshot does not say may carry the referenced one.
select
    r.moment,
    r.group_id,
    r.direction,
    r.protocol,
    r.first_port,
    r.last_port,
    r.every_type,
    a.family,
    a.first_address,
    a.last_address,
    0,
    r.referenced_group_id,
    r.security_group_rule_id,
    null,
    null,
    null,
    null,
    a.interface_id
from group_rules as r
inner join addresses_at as a on r.moment = a.moment and a.group_count is null
where r.referenced_group_id is not null
