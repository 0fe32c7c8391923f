-- What blocks each of these packets' ways by each of its snapshots, save what the logs show it got
-- past: `seen_to` is the place in ways.sql up to which they do, `past` what the configuration shows to
-- block it there. An interface of a transit gateway shows that a packet reached the gateway, in the VPC
-- of who sent it, or that it left it, in that of the other end, or in any where that is not known.
-- What was let pass there passed the ACL of its subnet, too. Where the snapshot is wrong of that, or
-- where another interface has passed the packet on, or one of a gateway that the way does not lead
-- by, nothing is sure.
-- https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
with asked as (
    select class_id, lost_key_id, question_id from loss_pairs
    union
    select class_id, lost_key_id, next_question_id from loss_pairs
    where next_question_id is not null
),

homes as (
    select
        interface_id,
        max(vpc_id) as vpc_id,
        max(interface_type) as interface_type
    from interfaces
    group by interface_id
),

led as (
    select end_id, min(vpc_id) as vpc_id
    from landings
    where in_blocks is distinct from false
    group by end_id
    having count(distinct vpc_id) = 1
),

known as (
    select
        a.class_id,
        a.lost_key_id,
        a.question_id,
        l.passed,
        k.leg,
        e.end_id,
        coalesce(w.blocks, []) as blocks,
        coalesce(w.is_sure, false) as way_is_sure,
        coalesce(w.is_by_gateway, false) as is_by_gateway,
        coalesce(w.leaves and not w.has_unknown, false) as surely_leaves,
        w.last_table,
        h.vpc_id as own_vpc_id,
        t.vpc_id as target_vpc_id,
        r.vpc_id as led_vpc_id
    from asked as a
    inner join loss_classes as l on a.class_id = l.class_id
    inner join lost_keys as k on a.lost_key_id = k.lost_key_id
    inner join loss_questions as q on a.question_id = q.question_id
    left join ends as e
        on q.interface_id = e.interface_id and q.moment = e.moment and q.peer_ip = e.peer_ip
    left join loss_ways as w on a.question_id = w.question_id
    left join led as r on e.end_id = r.end_id
    left join homes as h on k.interface_id = h.interface_id
    left join homes as t on l.target_id = t.interface_id
),

sightings as (
    select
        class_id,
        question_id,
        own_vpc_id,
        case
            when leg = 'reply' then coalesce(target_vpc_id, led_vpc_id)
            else coalesce(led_vpc_id, target_vpc_id)
        end as far_vpc_id,
        unnest(passed, recursive := true)
    from known
    where passed is not null
),

placed as (
    select
        s.*,
        coalesce(h.interface_type = 'transit_gateway', false) as is_of_gateway,
        case
            when not is_of_gateway then 0
            when h.vpc_id = s.own_vpc_id and not s.is_accepted then 21
            when h.vpc_id = s.own_vpc_id or h.vpc_id <> s.far_vpc_id then 22
            when s.is_accepted and s.is_sent_on then 29
            else 28
        end as place,
        not is_of_gateway
        or (h.vpc_id is distinct from s.own_vpc_id and coalesce(h.vpc_id <> s.far_vpc_id, false))
            as is_elsewhere
    from sightings as s
    left join homes as h on s.interface_id = h.interface_id
),

seen as (
    select
        class_id,
        question_id,
        max(place) as place,
        bool_or(is_of_gateway) as by_gateway,
        bool_or(is_elsewhere) as elsewhere
    from placed
    group by class_id, question_id
),

parted as (
    select
        k.*,
        coalesce(s.place, 0) as seen_to,
        coalesce(s.by_gateway, false) as seen_by_gateway,
        coalesce(s.elsewhere, false) as seen_elsewhere,
        list_filter(k.blocks, lambda one: one.place > seen_to) as ahead,
        list_filter(k.blocks, lambda one: one.place <= seen_to) as behind,
        -- An answer that is led into another VPC than the one that asked, or out of all.
        k.leg = 'reply'
        and (
            coalesce(k.target_vpc_id <> k.led_vpc_id, false)
            or (k.surely_leaves and k.target_vpc_id is not null)
        )
        and coalesce(ahead[1].place > k.last_table.place, true)
        and k.last_table.element_id is not null as is_astray
    from known as k
    left join seen as s on k.class_id = s.class_id and k.question_id = s.question_id
)

select
    class_id,
    lost_key_id,
    question_id,
    end_id,
    own_vpc_id,
    led_vpc_id,
    seen_to,
    is_astray,
    is_astray and last_table.place > seen_to as diverted,
    list_transform(ahead, lambda one: one.blocker) as blockers,
    ahead[1].note as block_note,
    way_is_sure
    and len(behind) = 0
    and (is_by_gateway or not seen_by_gateway)
    -- From a NAT gateway on, and at the address, no interface in between is past anything.
    and not (seen_elsewhere and coalesce(ahead[1].place, 0) < 40) as is_sure,
    list_concat(
        list_transform(
            behind, lambda one: coalesce(one.blocker.element_id, one.blocker.element_type)
        ),
        case when is_astray and last_table.place <= seen_to then [last_table.element_id] else [] end
    ) as past
from parted
