-- What a table says of an address: the longest prefix wins, and a blackhole keeps its prefix.
-- `asks` names a table of ours with end_id, moment, subnet_id, family, number and is_private.
-- Where a list that is in no snapshot may hold the address and leads elsewhere, there is no target;
-- those of gateway endpoints hold public addresses alone. Of equal prefixes
-- static routes go before those of prefix lists, and these before propagated ones; of two prefix
-- lists AWS picks one at random. https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
-- Of what is the VPC's own the local route is preferred, however specific others of these are.
-- https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html
create macro routed(asks) as table
with tables as (
    select q.*, t.route_table_id, t.late as table_late
    from query_table(asks) as q
    left join route_tables_at as t on q.moment = t.moment and q.subnet_id = t.subnet_id
),

told as (
    select
        moment,
        route_table_id,
        list(distinct {
            'id': destination_prefix_list_id, 'target': coalesce(target, ''),
            'state': coalesce(state, '')
        }) filter (where family is null) as unknown_lists,
        bool_or(late) as lists_late
    from routes_at
    group by moment, route_table_id
),

candidates as (
    select
        t.*,
        r.target,
        r.state,
        r.bits,
        r.is_propagated,
        r.destination_prefix_list_id is not null as is_listed,
        coalesce(r.destination, r.destination_prefix_list_id) as destination,
        bool_or(r.target = 'local') over (partition by t.end_id, t.subnet_id) as is_own
    from tables as t
    left join routes_at as r
        on
            t.moment = r.moment
            and t.route_table_id = r.route_table_id
            and t.family = r.family
            and t.number between r.first_address and r.last_address
),

matched as (
    select
        *,
        row_number() over (
            partition by end_id, subnet_id
            order by bits nulls last, is_propagated, is_listed, target
        ) as rank,
        max(target) over alike is distinct from min(target) over alike as is_ambiguous
    from candidates
    where not (coalesce(is_own, false) and (is_propagated or is_listed))
    window alike as (partition by end_id, subnet_id, bits, is_propagated, is_listed)
),

doubted as (
    select
        m.*,
        w.route_table_id is not null as table_told,
        coalesce(w.lists_late, false) as lists_late,
        case
            when m.target is distinct from 'local' then list_transform(
                list_filter(
                    coalesce(w.unknown_lists, []),
                    lambda l: (l.target, l.state) is distinct from (m.target, coalesce(m.state, ''))
                        and not (m.is_private and starts_with(l.target, 'vpce-'))
                ),
                lambda l: l.id
            )
            else []
        end as unknown_lists
    from matched as m
    left join told as w on m.moment = w.moment and m.route_table_id = w.route_table_id
    where m.rank = 1
)

select
    end_id,
    moment,
    subnet_id,
    case when table_told then route_table_id end as route_table_id,
    case when not is_ambiguous and len(unknown_lists) = 0 then destination end as destination,
    case when not is_ambiguous and len(unknown_lists) = 0 then target end as target,
    case when not is_ambiguous and len(unknown_lists) = 0 then state end as state,
    coalesce(table_late, false) or lists_late as late,
    is_ambiguous,
    unknown_lists
from doubted;

-- What a transit gateway does with what comes in by an attachment: the table that the attachment is
-- associated with, and its route. `asks` names a table of ours with end_id, moment,
-- transit_gateway_id, transit_gateway_attachment_id, family and number.
create macro gateway_routed(asks) as table
with served as (
    select
        q.*,
        a.route_table_id,
        coalesce(a.surely_alone, false) as surely_alone,
        coalesce(a.table_doubtful, false)
        or coalesce(observed_apart(s.first_observed, s.lapses, q.moment), false) as doubtful,
        s.scope is not null and u.scope is null as table_seen
    from query_table(asks) as q
    left join attachments_at as a
        on
            q.moment = a.moment
            and q.transit_gateway_id = a.transit_gateway_id
            and q.transit_gateway_attachment_id = a.transit_gateway_attachment_id
    left join (
        select
            subject_id,
            min(scope) as scope,
            min(first_observed) as first_observed,
            flatten(list(lapses)) as lapses
        from scopes
        where call = 'search-transit-gateway-routes'
        group by subject_id
    ) as s on a.route_table_id = s.subject_id
    left join (
        select distinct scope from untold where kept = 'transit_gateway_routes'
    ) as u on s.scope = u.scope
)

select
    s.* exclude (family, number),
    r.destination,
    r.state as route_state,
    r.transit_gateway_attachment_id as next_attachment_id,
    r.resource_type,
    r.resource_id
from served as s
left join gateway_routes_at as r
    on
        s.moment = r.moment
        and s.route_table_id = r.route_table_id
        and s.family = r.family
        and s.number between r.first_address and r.last_address
qualify row_number() over (
    partition by s.end_id order by r.bits nulls last, r.rank, r.transit_gateway_attachment_id
) = 1;
