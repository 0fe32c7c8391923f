-- The rules of groups for some types of ICMP, and whether they are for one type and code.
-- param protocol  integer  1 for ICMP, 58 for ICMPv6
-- param type      integer  the type that is asked about
-- param code      integer  its code; NULL where it is left open
select
    *,
    from_port = $type and coalesce(to_port, -1) in (-1, $code) as is_for_it,
    from_port = $type and coalesce(to_port, -1) <> -1 and $code is null as depends
from security_group_rules
where protocol_number(protocol) = $protocol and coalesce(from_port, -1) <> -1
