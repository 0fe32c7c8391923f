-- The addresses that no internet gateway carries.
select distinct n.block
from special_blocks() as l
inner join networks as s on l.block = s.block
inner join networks as n
    on s.family = n.family and n.first_address between s.first_address and s.last_address
