-- What the way of each of these packets, and the logs of both ends, come to by each of its snapshots:
-- the rows of the pair table of docs/decision-table.md. `finding` is the cause, before it is asked
-- whether there was a loss at all; NULL where nothing is lost, or nothing tells.
with balancing as (
    select distinct vpc_id from interfaces where interface_type = 'network_load_balancer'
),

-- Where a load balancer may keep the client's address: in its own VPC and in those peered with it.
balanced as (
    select vpc_id from balancing
    union
    select p.accepter_vpc_id
    from peerings as p
    inner join balancing as b on p.requester_vpc_id = b.vpc_id
    union
    select p.requester_vpc_id
    from peerings as p
    inner join balancing as b on p.accepter_vpc_id = b.vpc_id
),

told as (
    select
        a.question_id,
        l.* exclude (records),
        k.leg,
        k.protocol,
        k.phase_source,
        k.others_answered,
        e.late,
        a.* exclude (class_id, lost_key_id, question_id, end_id, own_vpc_id, led_vpc_id),
        w.age_note,
        w.unseen,
        coalesce(w.has_unknown, true) as has_unknown,
        w.unknown_notes,
        w.last_table,
        w.end_id,
        coalesce(w.leaves, false) and len(a.past) = 0 as leaves,
        d.interface_id as meant_id,
        nullif(a.led_vpc_id, t.vpc_id) as led_vpc_id,
        h.listener_missing,
        -- What answers the internet at an interface that it has no address of was brought there by a
        -- load balancer or an accelerator, which takes the answer back, whatever the routes.
        -- https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
        k.leg = 'reply' and v.block is null as answers_outside,
        k.leg = 'reply' and l.nobody_asked and n.vpc_id is not null as answers_balancer,
        coalesce(x.is_public, contains(q.src_ip, ':')) as is_public,
        coalesce(e.is_of_link, false) as is_of_link,
        g.route_table_id as counting_table,
        g.destination as counting_route,
        coalesce(t.drops_unasked, false) as drops_unasked
    from loss_blocks as a
    inner join loss_classes as l on a.class_id = l.class_id
    inner join lost_keys as k on a.lost_key_id = k.lost_key_id
    inner join loss_questions as q on a.question_id = q.question_id
    left join ends as e
        on q.interface_id = e.interface_id and q.moment = e.moment and q.peer_ip = e.peer_ip
    left join loss_ways as w on a.question_id = w.question_id
    left join private_peers as v on q.peer_ip = v.block
    left join public_addresses_at as x
        on q.interface_id = x.interface_id and q.moment = x.moment and q.src_ip = x.address
    left join balanced as n on a.own_vpc_id = n.vpc_id
    left join public_elsewhere as d on a.question_id = d.question_id
    left join (
        select
            interface_id,
            max(vpc_id) as vpc_id,
            coalesce(max(interface_type), '') in ('nat_gateway', 'natGateway') as drops_unasked
        from interfaces
        group by interface_id
    ) as t on l.target_id = t.interface_id
    -- The table that the gateway asks which counted it as lost.
    left join (
        select end_id, transit_gateway_id, route_table_id, destination from gateway_hops
        union all
        select end_id, transit_gateway_id, route_table_id, destination from far_hops
    ) as g on a.end_id = g.end_id and l.counted_by = g.transit_gateway_id
    left join (
        select distinct question_id, true as listener_missing from listeners_missing
    ) as h on a.question_id = h.question_id
)

select
    *,
    case
        when refused then null
        -- Of two that have the address the way leads to one, and the packet showed at the other.
        when arrived and end_id <> target_id then null
        when arrived and (leg = 'reply' or protocol <> 6 or not target_covered) then null
        when arrived and answered_there and not (only_reset and only_reset_there) then null
        when arrived and listener_missing then 'load_balancer_no_listener'
        when arrived and answered_there then 'host_refused'
        when arrived and not only_reset and drops_unasked then 'nat_unsolicited'
        when arrived and not only_reset then 'host_silent'
        when arrived or only_reset then null
        -- What a gateway counts it had got, whatever the configuration shows to come before.
        when gateway_says = 'no_route' then 'tgw_no_route'
        when gateway_says = 'blackhole' then 'tgw_blackhole'
        when answers_outside and not is_public and not leaves and target_id is null then null
        when answers_balancer then null
        -- No route is asked of such an address, so what stands on one names nothing.
        when is_of_link then 'lost_unexplained'
        when diverted then 'route_diverted'
        -- What blocks on the wrong way is none of the answer's.
        when is_astray then 'lost_unexplained'
        when len(blockers) > 0 then blockers[1].cause
        when unseen is not null then unseen.cause
        when leaves and meant_id is not null then 'dns_resolved_elsewhere'
        when leaves then null
        else 'lost_unexplained'
    end as finding,
    case
        when finding in ('host_silent', 'host_refused', 'nat_unsolicited', 'dns_resolved_elsewhere')
            then []
        when finding = 'load_balancer_no_listener' and arrived then blockers[len(blockers):]
        when gateway_says in ('no_route', 'blackhole') and finding = 'tgw_' || gateway_says then [{
            'stage': 'transit-gateway-route-table',
            'element_type': case
                when counting_table is not null then 'transit-gateway-route-table'
                when counted_by is not null then 'transit-gateway'
            end,
            'element_id': coalesce(counting_table, counted_by),
            'rule': case when gateway_says = 'blackhole' then counting_route end,
            'cause': finding
        }]
        when finding = 'lost_unexplained' then []
        when finding = 'route_diverted' then [{
            'stage': case
                when last_table.element_type = 'transit-gateway-route-table'
                    then 'transit-gateway-route-table'
                else 'route-table'
            end,
            'element_type': last_table.element_type,
            'element_id': last_table.element_id,
            'rule': last_table.rule,
            'cause': 'route_diverted'
        }]
        else blockers
    end as found_blockers
from told
