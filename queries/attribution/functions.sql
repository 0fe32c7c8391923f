-- Addresses as numbers, protocols as numbers, and what was in force at a moment.
-- An address is an unsigned 128-bit number, IPv4 mapped into IPv6 as RFC 4291 2.5.5.2 has it; the
-- family stands beside it wherever two are compared, for ::/0 would hold every mapped address.
create macro ipv4_octets(address) as
    list_transform(string_split(address, '.'), lambda octet: try_cast(octet as integer));

create macro ipv4_number(address) as
    case
        when regexp_full_match(address, '\d{1,3}(\.\d{1,3}){3}')
            and list_max(ipv4_octets(address)) <= 255
        then 281470681743360::uhugeint + list_reduce(
            list_transform(ipv4_octets(address), lambda octet: try_cast(octet as uhugeint)),
            lambda number, octet: number * 256 + octet
        )
    end;

-- The 32 hexadecimal digits: '::' stands for as many groups of zeros as are missing.
create macro ipv6_digits(address) as
    array_to_string(
        list_transform(
            string_split(
                replace(
                    address, '::', repeat(':0', 8 - len(address) + len(replace(address, ':', ''))) || ':'
                ),
                ':'
            ),
            lambda part: lpad(part, 4, '0')
        ),
        ''
    );

create macro ipv6_number(address) as
    case
        when regexp_full_match(
                address,
                '(([0-9a-fA-F]{1,4}:)*[0-9a-fA-F]{1,4})?(::(([0-9a-fA-F]{1,4}:)*[0-9a-fA-F]{1,4})?)?'
            )
            and len(ipv6_digits(address)) = 32
        then try_cast('0x' || ipv6_digits(address) as uhugeint)
    end;

create macro address_number(address) as coalesce(ipv4_number(address), ipv6_number(address));

create macro host_bits(block) as
    case when contains(block, ':') then 128 else 32 end
    - coalesce(
        try_cast(nullif(split_part(block, '/', 2), '') as integer),
        case when contains(block, ':') then 128 else 32 end
    );

create macro first_in(number, bits) as
    case
        when bits = 128 then 0::uhugeint
        else (number >> try_cast(bits as uhugeint)) << try_cast(bits as uhugeint)
    end;

create macro last_in(number, bits) as
    case
        when bits = 128 then 340282366920938463463374607431768211455::uhugeint
        else first_in(number, bits) + ((1::uhugeint << try_cast(bits as uhugeint)) - 1)
    end;

-- The blocks that no internet gateway carries: private, shared, link-local and reserved ones.
-- RFC 6890, https://www.iana.org/assignments/iana-ipv4-special-registry and the IPv6 one.
create macro special_blocks() as table
    select *
    from (
        values
        ('0.0.0.0/8'), ('10.0.0.0/8'), ('100.64.0.0/10'), ('127.0.0.0/8'), ('169.254.0.0/16'),
        ('172.16.0.0/12'), ('192.0.0.0/24'), ('192.0.2.0/24'), ('192.168.0.0/16'),
        ('198.18.0.0/15'), ('198.51.100.0/24'), ('203.0.113.0/24'), ('240.0.0.0/4'),
        ('::/127'), ('::ffff:0:0/96'), ('64:ff9b:1::/48'), ('100::/64'), ('2001::/23'),
        ('2001:db8::/32'), ('fc00::/7'), ('fe80::/10')
    ) as listed (block);

-- Security groups write four protocols by name, network ACLs all by number; -1 is every protocol.
-- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
create macro protocol_number(protocol) as
    case lower(protocol)
        when 'tcp' then 6
        when 'udp' then 17
        when 'icmp' then 1
        when 'icmpv6' then 58
        else try_cast(protocol as integer)
    end;

-- A group's rule in words.
create macro rule_text(protocol, first_port, last_port, peer, rule_id) as
    concat_ws(' ',
        case protocol
            when -1 then 'all' when 6 then 'tcp' when 17 then 'udp' when 1 then 'icmp'
            when 58 then 'icmpv6' else protocol::varchar
        end,
        case
            when protocol not in (6, 17) then null
            when first_port = last_port then first_port::varchar
            else first_port::varchar || '-' || last_port::varchar
        end,
        peer,
        '(' || rule_id || ')'
    );

-- The packet's own address: an interface's primary one is shown in place of its others.
-- https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
create macro own_address(own, shown) as coalesce(own, shown);

-- A record of a flow that was refused.
create macro is_refused(action, log_status) as
    action = 'REJECT' and coalesce(log_status, 'OK') not in ('NODATA', 'SKIPDATA');

-- The port of a flow. A record of TCP or UDP that lacks it is of no flow that is known; of what has no
-- ports some logs say 0.
create macro port_of(port, protocol) as
    coalesce(port, case when protocol in (6, 17) then -1 else 0 end);

-- A record of a flow that was let pass, and the flow itself: its ends and ports.
create macro is_accepted(action, log_status) as
    action = 'ACCEPT' and coalesce(log_status, 'OK') not in ('NODATA', 'SKIPDATA');

create macro flow_hash(src, dst, src_port, dst_port, protocol) as
    hash(src, dst, port_of(src_port, protocol), port_of(dst_port, protocol), protocol);

-- Whether a flow was surely idle for longer than so many seconds when another starts: a record's
-- start and end may each be up to a minute late. It was not where nobody knows how many.
-- https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
create macro idle_longer(last_seen, start_time, seconds) as
    coalesce(last_seen < start_time - to_seconds(seconds) - interval 1 minute, false);

-- How many seconds after its last packet a flow is tracked, at most: as its interface is set, or else
-- AWS's default; of UDP that of a stream. NULL where TCP has no limit of its own: the default is five
-- days, and 350 seconds on some instances.
-- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
create macro tracked_seconds(protocol, tcp_established_timeout, udp_stream_timeout) as
    case protocol
        when 6 then tcp_established_timeout
        when 17 then coalesce(udp_stream_timeout, 180)
        else 600
    end;

-- Each interface of a load balancer has its name and id in the description.
-- https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
create macro description_of(load_balancer_arn) as
    'ELB ' || split_part(load_balancer_arn, ':loadbalancer/', 2);

-- Whether a listener takes what is sent by TCP or UDP; one of a protocol that is not known may take
-- either. https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html
create macro listener_takes(listener_protocol, protocol) as
    case
        when protocol = 6 then coalesce(upper(listener_protocol), '') not in ('UDP', 'QUIC')
        else coalesce(upper(listener_protocol), '') not in ('HTTP', 'HTTPS', 'TCP', 'TLS')
    end;

create macro hour_number(moment) as epoch(moment)::bigint // 3600;

-- A row that holds at a moment, by what was observed until then.
create macro held_at(valid_from, valid_to, moment) as
    valid_from <= moment and (valid_to is null or valid_to > moment);

-- A row in force at a moment. Where its scope was first observed later, that first observation
-- stands in: the commonest case in forensics is yesterday's logs and a snapshot taken now.
create macro in_force(valid_from, valid_to, first_observed, moment) as
    valid_from <= greatest(moment, first_observed)
    and (valid_to is null or valid_to > greatest(moment, first_observed));

-- The lapse of a scope in which a moment falls: a snapshot of the account and Region was taken since
-- the call was last answered, which does not have it.
create macro lapse_at(lapses, moment) as
    list_filter(lapses, lambda lapse: lapse.since <= moment and moment < lapse.until)[1];

-- Whether what a scope tells of a moment is not of the snapshot that judges it, but of a later or an
-- older one.
create macro observed_apart(first_observed, lapses, moment) as
    first_observed > moment or lapse_at(lapses, moment) is not null;

-- The addresses of a block. Whether two have any in common, and whether one has all of the other's.
create macro range_of(block) as
    list_transform(
        [{'number': address_number(split_part(block, '/', 1)), 'bits': host_bits(block)}],
        lambda told: {
            'is_ipv6': contains(block, ':'),
            'bits': told.bits,
            'first_address': first_in(told.number, told.bits),
            'last_address': last_in(told.number, told.bits)
        }
    )[1];

create macro meets(a, b) as
    a.is_ipv6 = b.is_ipv6
    and a.first_address <= b.last_address
    and b.first_address <= a.last_address;

create macro covers(a, b) as
    a.is_ipv6 = b.is_ipv6
    and a.first_address <= b.first_address
    and b.last_address <= a.last_address;

-- The rows of a table that hold at a time, NULL for now, with who saw them and when last in full.
-- Tables are told by name here and below: those that a query names are the ones there are.
create macro held(kept, until) as table
    select
        t.*,
        o.observer_id,
        {'finished': coalesce(o.finished, t.valid_from), 'scope': t.scope} as observed
    from query_table(kept) as t
    left join (
        select scope, max(account_id) as observer_id, max(finished) as finished
        from observations
        where complete and finished <= coalesce(until::timestamptz, now())
        group by scope
    ) as o on t.scope = o.scope
    where held_at(t.valid_from, t.valid_to, coalesce(until::timestamptz, now()));

-- Each peering connection from both of its sides, as the newest view of it has it. Both parties see
-- it, and only while it is active AWS says all of it; `resolves` is of the names of the side.
create macro peering_sides(kept, until) as table
    with newest as (
        select
            vpc_peering_connection_id,
            arg_max(status, observed) as status,
            arg_max(status_message, observed) as status_message,
            arg_max(requester_vpc_id, observed) as requester_vpc_id,
            arg_max(requester_account_id, observed) as requester_account_id,
            arg_max(requester_region, observed) as requester_region,
            arg_max(accepter_vpc_id, observed) as accepter_vpc_id,
            arg_max(accepter_account_id, observed) as accepter_account_id,
            arg_max(accepter_region, observed) as accepter_region,
            arg_max(requester_allow_dns_resolution_from_remote_vpc, observed)
                as requester_resolves,
            arg_max(accepter_allow_dns_resolution_from_remote_vpc, observed) as accepter_resolves
        from held(kept, until)
        group by vpc_peering_connection_id
    )

    select
        vpc_peering_connection_id, status, status_message, 'requester' as side,
        requester_vpc_id as vpc_id, requester_account_id as account_id,
        requester_region as region,
        accepter_vpc_id as peer_vpc_id, accepter_account_id as peer_account_id,
        accepter_region as peer_region,
        case when status = 'active' then requester_resolves end as resolves
    from newest
    union all
    select
        vpc_peering_connection_id, status, status_message, 'accepter',
        accepter_vpc_id, accepter_account_id, accepter_region,
        requester_vpc_id, requester_account_id, requester_region,
        case when status = 'active' then accepter_resolves end
    from newest;

-- The prefix lists that are known not to be AWS's, which nobody can add to. No other list may have a
-- name that begins as theirs.
-- https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
-- https://docs.aws.amazon.com/vpc/latest/userguide/work-with-cust-managed-prefix-lists.html
create macro own_lists(kept) as table
    select prefix_list_id
    from query_table(kept)
    group by prefix_list_id
    having not bool_or(prefix_list_name like 'com.amazonaws%');

-- Each attachment to a transit gateway, as the newest view of it has it, with the table that it is
-- looked up in: only the owner of the transit gateway is told.
-- https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
create macro attachments(kept, until) as table
    select
        transit_gateway_attachment_id,
        arg_max(transit_gateway_id, observed) as transit_gateway_id,
        arg_max(account_id, observed) as account_id,
        arg_max(region, observed) as region,
        arg_max(resource_type, observed) as resource_type,
        arg_max(resource_id, observed) as resource_id,
        arg_max(state, observed) as state,
        coalesce(arg_max(state, observed), 'available') in ('available', 'modifying')
            as carries,
        coalesce(bool_or(observer_id = transit_gateway_account_id), false) as is_owners_view,
        arg_max(transit_gateway_route_table_id, observed) filter (
            where coalesce(association_state, 'associated') = 'associated'
        ) as transit_gateway_route_table_id
    from held(kept, until)
    group by transit_gateway_attachment_id;

-- Whether a name is another, or below it, both without the dot at their end; every name is below
-- the root, which is empty.
create macro is_below(name, other) as
    other = '' or lower(name) = lower(other) or ends_with(lower(name), '.' || lower(other));

-- The first few of many ids, in one text.
create macro few(ids) as
    array_to_string(list_sort(ids)[:5], ', ') || case when len(ids) > 5 then ', ...' else '' end;

-- Why an answer takes the place of an earlier one: it rests on other snapshots of the interface's
-- account; on others' snapshots or on records that came since; or on records alone, which `records`
-- words.
create macro replaced_because(has_other_snapshots, has_newer_snapshots, records) as
    case
        when has_other_snapshots then 'a snapshot loaded since gives another answer'
        when has_newer_snapshots then 'what was logged or observed since gives another answer'
        else records
    end;
