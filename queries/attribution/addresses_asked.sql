-- The addresses of the packets that are asked about.
select unnest([far_src, far_dst, shown_src, shown_dst]) as block
from tuples
union
select unnest([src_ip, dst_ip])
from lost_keys
