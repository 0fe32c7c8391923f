-- Whether AWS's own DNS server answers at an address: two after the first one of the VPC's first block.
-- https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
-- param vpc_id   text  the VPC
-- param address  text  the address
select distinct vpc_id
from vpcs
where
    vpc_id = $vpc_id
    and address_number(split_part(cidr, '/', 1)) + 2 = address_number($address)
