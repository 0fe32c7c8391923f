-- What the ACL of the interface's subnet says: the lowest-numbered entry that matches decides.
-- Entries for some ICMP types decide only if every entry up to the first for all types agrees,
-- since no record has a type; which of them then decides depends on it still, and none is named.
-- Between two interfaces of one subnet no ACL is asked, nor of what a transit gateway hands in whose own
-- interface is in the subnet. The way of the answer tells what did,
-- but an internet or NAT gateway takes answers to a private address and brings nothing from there, and
-- what is answered over the transit gateway may have come over a peering connection or from the
-- internet. https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
with gateway_subnets as (
    select distinct moment, subnet_id from addresses_at where interface_type = 'transit_gateway'
),

near_gateways as (
    select q.*
    from questions as q
    semi join gateway_subnets as g on q.moment = g.moment and q.subnet_id = g.subnet_id
    where q.direction = 'ingress' and q.interface_type is distinct from 'transit_gateway'
),

-- It keeps what it carries in the sender's zone: with subnets in several it may hand it in to
-- another one, and from there the packet comes past the ACL.
-- https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
entrances as (
    select moment, vpc_id, subnet_id from addresses_at where interface_type = 'transit_gateway'
    union
    select s.moment, s.vpc_id, s.subnet_id
    from attachment_subnets_at as s
    left join attachments_at as a
        on s.moment = a.moment and s.transit_gateway_attachment_id = a.transit_gateway_attachment_id
    where coalesce(a.state, 'available') in ('available', 'modifying')
),

beside as (
    select g.question_id
    from near_gateways as g
    semi join entrances as e
        on g.moment = e.moment and g.vpc_id = e.vpc_id and g.subnet_id <> e.subnet_id
),

public_ones as (
    select distinct interface_id, moment from public_addresses_at where is_public
),

-- What may be handed in by the transit gateway, or may have come otherwise.
in_doubt as (
    select question_id
    from near_gateways
    where
        path = 'unknown'
        or (path in ('internet', 'nat') and peer_ip in (select block from private_peers))
    union
    select g.question_id
    from near_gateways as g
    inner join peerings_at as p on g.moment = p.moment and g.vpc_id = p.vpc_id
    inner join far_blocks_at as b
        on
            p.moment = b.moment
            and p.peer_vpc_id = b.vpc_id
            and g.peer_family = b.family
            and g.peer_number between b.first_address and b.last_address
    where g.path = 'transit-gateway' and (p.is_active or p.is_disputed)
    union
    select g.question_id
    from near_gateways as g
    semi join beside as b on g.question_id = b.question_id
    where g.path = 'transit-gateway'
    union
    -- Every address of IPv6 is a public one.
    select g.question_id
    from near_gateways as g
    left join public_ones as o on g.interface_id = o.interface_id and g.moment = o.moment
    where
        g.path = 'transit-gateway'
        and g.peer_vpc_id is null
        and g.peer_ip not in (select block from private_peers)
        and (g.peer_family = 6 or o.interface_id is not null)
),

-- What the route back leads to may have passed the packet on, an appliance or an endpoint of one: in
-- the interface's own subnet it crosses no edge of the subnet. So does what goes there.
-- https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
appliances as (
    select
        moment,
        subnet_id,
        interface_id,
        case interface_type when 'gateway_load_balancer_endpoint' then 'vpce' else interface_id end
            as target
    from addresses_at
),

redirected as (
    select q.question_id
    from questions as q
    semi join appliances as a
        on
            q.moment = a.moment
            and q.subnet_id = a.subnet_id
            and q.interface_id <> a.interface_id
            and case when q.route_target like 'vpce-%' then 'vpce' else q.route_target end = a.target
    where
        regexp_matches(q.route_target, '^(eni|vpce)-')
        and q.interface_type is distinct from 'transit_gateway'
),

fitting as (
    select
        q.question_id,
        e.*,
        min(e.rule_number) filter (where e.every_type) over (partition by q.question_id) as surely
    from questions as q
    inner join acl_entries_at as e
        on
            q.subnet_id = e.subnet_id
            and q.moment = e.moment
            and q.direction = e.direction
            and e.protocol in (-1, q.protocol)
            and coalesce(q.dst_port, 0) between e.first_port and e.last_port
            and q.peer_family = e.family
            and q.peer_number between e.first_address and e.last_address
    where q.readable and q.interface_known
),

decided as (
    select
        question_id,
        any_value(network_acl_id) as network_acl_id,
        any_value(late) as late,
        case when count(distinct rule_number) = 1 then min(rule_number) end as rule_number,
        case
            when count(distinct rule_action) = 1 then min(rule_action)
            -- Two rules of one number that disagree no ACL has: such an answer tells nothing.
            when count(distinct rule_number) = 1 then 'unknown'
            else 'depends'
        end as says
    from fitting
    where rule_number <= surely
    group by question_id
)

select
    q.question_id,
    s.same_subnet,
    q.interface_type is not distinct from 'transit_gateway' and q.direction = 'ingress'
        as is_entering,
    d.network_acl_id,
    d.rule_number,
    d.late,
    g.question_id is not null as has_gateway,
    b.question_id is not null as has_other_gateways,
    i.question_id is not null as may_be_handed_in,
    r.question_id is not null as stays_in_subnet,
    coalesce(d.says, 'unknown') as entries_say,
    case
        -- What goes to a transit gateway's interface is asked also within its subnet.
        when s.same_subnet and not is_entering then 'not_evaluated'
        when has_gateway and q.path = 'transit-gateway' and not may_be_handed_in
            then 'not_evaluated'
        when d.says is null then 'unknown'
        when s.same_subnet is null and not is_entering and d.says <> 'allow' then 'unknown'
        when (may_be_handed_in or stays_in_subnet) and d.says <> 'allow' then 'unknown'
        else d.says
    end as acl_says,
    coalesce(d.says, 'unknown') <> 'unknown' as acl_known
from questions as q
inner join same_subnet as s on q.question_id = s.question_id
left join decided as d on q.question_id = d.question_id
left join near_gateways as g on q.question_id = g.question_id
left join beside as b on q.question_id = b.question_id
left join in_doubt as i on q.question_id = i.question_id
left join redirected as r on q.question_id = r.question_id
where q.interface_known
