-- The first block of a VPC, two after whose first address AWS's own DNS server answers.
-- https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
-- param vpc_id  text  the VPC
select distinct cidr
from vpcs
where vpc_id = $vpc_id and cidr is not null
