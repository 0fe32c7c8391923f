-- The answer of each: the cause, the element, how sure it is, and whether the logs prove a loss.
-- One of TCP that the configuration shows is proven where nothing came back to a sender whose log
-- would show it; any other only where the log at the other end would show the packet, and does not.
select
    class_id,
    question_id,
    finding as cause,
    found_blockers as blockers,
    case
        when finding in ('host_silent', 'host_refused', 'nat_unsolicited') then 'interface'
        when finding = 'lost_unexplained' or finding = 'dns_resolved_elsewhere' then null
        when len(found_blockers) > 0 then found_blockers[1].element_type
        when unseen is not null then unseen.element_type
        else last_table.element_type
    end as element_type,
    case
        when finding in ('host_silent', 'host_refused', 'nat_unsolicited') then target_id
        when finding = 'lost_unexplained' or finding = 'dns_resolved_elsewhere' then null
        when len(found_blockers) > 0 then found_blockers[1].element_id
        when unseen is not null then unseen.element_id
        else last_table.element_id
    end as element_id,
    case
        when finding in (
            'host_silent', 'host_refused', 'nat_unsolicited', 'lost_unexplained',
            'dns_resolved_elsewhere'
        )
            then null
        when len(found_blockers) > 0 then found_blockers[1].rule
        when unseen is not null then unseen.rule
        else last_table.rule
    end as rule,
    case
        when finding in ('lost_unexplained', 'tgw_table_unseen', 'beyond_middlebox') then 'unknown'
        when finding in ('host_silent', 'nat_unsolicited', 'dns_resolved_elsewhere') then 'probable'
        when finding = 'host_refused' and phase_source = 'flags' then 'certain'
        when finding = 'host_refused' then 'probable'
        -- Counters of the transit gateway are of the packets themselves.
        when gateway_says is not null and finding = 'tgw_' || gateway_says then 'certain'
        when gateway_says is not null then 'probable'
        -- What lost it has not stood there all the while.
        when others_answered then 'probable'
        when answers_outside and target_id is null then 'probable'
        when is_sure and not coalesce(late, false) and (protocol <> 6 or phase_source = 'flags')
            then 'certain'
        else 'probable'
    end as certainty,
    case
        when arrived then source_covered and target_covered
        when gateway_says in ('no_route', 'blackhole') then source_covered
        when finding = 'nat_protocol_unsupported' then source_covered
        when len(found_blockers) > 0 and source_covered and protocol = 6
            and finding <> 'lost_unexplained' and finding <> 'route_diverted'
            then true
        when finding = 'dns_resolved_elsewhere' then source_covered and protocol = 6
        else source_covered and target_covered and target_id is not null
    end as is_proven,
    nullif(concat_ws('; ',
        case
            when finding = 'route_diverted' then
                'the way leads into another VPC than that of ' || target_id || ', which it answers'
                || coalesce(': ' || led_vpc_id, '')
            when finding = 'dns_resolved_elsewhere' then
                'the address is the public one of ' || meant_id || ', in a VPC that is joined to this '
                || 'one: a name that resolves privately would lead there'
            when finding = 'host_silent' then
                'it arrived at ' || target_id || ', which did not answer'
            when finding = 'nat_unsolicited' then
                'it arrived at ' || target_id || ', which drops what nobody behind it asked for'
            when finding = 'host_refused' then 'it arrived at ' || target_id || ', which reset it'
            when finding = 'lost_unexplained' and not has_unknown and len(past) = 0 then
                'the configuration lets it pass: a record that was not captured, a packet too large, '
                || 'an appliance or a change between snapshots may explain it'
            when len(found_blockers) > 0 and not arrived then block_note
        end,
        case when len(found_blockers) > 0 and not arrived then age_note end,
        case
            when
                others_answered and len(found_blockers) > 0
                and coalesce(gateway_says, '') not in ('no_route', 'blackhole')
                then 'others from the same address to the same port there were answered since the '
                    || 'snapshot: what blocks has changed since, or is not what lost it'
        end,
        case
            when finding not in ('host_silent', 'host_refused') and not arrived then
                array_to_string(list_distinct(unknown_notes), '; ')
        end,
        case gateway_says
            when 'passed' then 'the transit gateway counts it as passed on'
            when 'mtu' then 'the transit gateway dropped it for its size'
            when 'ttl' then 'the transit gateway dropped it for its time to live'
            when 'no_route' then 'the transit gateway counts it as lost for want of a route'
            when 'blackhole' then 'the transit gateway counts it as lost in a blackhole'
        end,
        case when not arrived then
            'it was seen at ' || array_to_string(
                list_sort(list_distinct(list_transform(passed, lambda one: one.interface_id))), ','
            )
        end,
        case when not arrived and len(past) > 0 then
            'so it got past ' || array_to_string(past, ',')
            || ', which the configuration shows to block it'
        end
    ), '') as note
from loss_findings
