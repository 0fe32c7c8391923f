-- The addresses of packets that no log has, in place of addresses_asked.sql.
select unnest([far_src, far_dst, shown_src, shown_dst]) as block
from tuples
