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

-- The text left and right of '::', or all of it on the left.
create macro ipv6_groups(part) as
    case when coalesce(part, '') = '' then []::varchar[] else string_split(part, ':') end;

create macro ipv6_full(head, tail, compressed) as
    head
    || case
        when compressed then list_transform(range(8 - len(head) - len(tail)), lambda i: '0')
        else []::varchar[]
    end
    || tail;

create macro ipv6_list(address) as
    ipv6_full(
        ipv6_groups(string_split(address, '::')[1]),
        ipv6_groups(string_split(address, '::')[2]),
        contains(address, '::')
    );

create macro ipv6_number(address) as
    case
        when regexp_full_match(address, '[0-9a-fA-F:]*:[0-9a-fA-F:]*')
            and len(string_split(address, '::')) <= 2
            and len(ipv6_list(address)) = 8
            and list_bool_and(
                list_transform(
                    ipv6_list(address), lambda part: regexp_full_match(part, '[0-9a-fA-F]{1,4}')
                )
            )
        then list_reduce(
            list_transform(ipv6_list(address), lambda part: try_cast('0x' || part as uhugeint)),
            lambda number, part: number * 65536 + part
        )
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

-- A row that holds at a moment, by what was observed until then.
create macro held_at(valid_from, valid_to, moment) as
    valid_from <= moment and (valid_to is null or valid_to > moment);

-- A row in force at a moment. Where its scope was first observed later, that first observation
-- stands in: the commonest case in forensics is yesterday's logs and a snapshot taken now.
create macro in_force(valid_from, valid_to, first_observed, moment) as
    valid_from <= greatest(moment, first_observed)
    and (valid_to is null or valid_to > greatest(moment, first_observed));
