-- The entries of ACLs for some types of ICMP, and whether they are for one type and code.
-- param protocol  integer  1 for ICMP, 58 for ICMPv6
-- param type      integer  the type that is asked about
-- param code      integer  its code; NULL where it is left open
select
    *,
    icmp_type = $type and coalesce(icmp_code, -1) in (-1, $code) as is_for_it,
    icmp_type = $type and coalesce(icmp_code, -1) <> -1 and $code is null as depends
from network_acl_entries
where protocol_number(protocol) = $protocol and coalesce(icmp_type, -1) <> -1
