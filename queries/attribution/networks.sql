-- Every distinct address and block, parsed once to its first and last number.
with texts as (
    select block from addresses_asked
    union
    select block from special_blocks()
    union
    select cidr from security_group_rules
    union
    select cidr from network_acl_entries
    union
    select cidr from prefix_list_entries
    union
    select address from interface_addresses
    union
    select cidr from subnet_cidrs
    union
    select cidr from vpc_cidrs
    union
    select destination from routes
    union
    select destination from transit_gateway_routes
    union
    select cidr from peering_cidrs
),

numbered as (
    select
        block,
        case when contains(block, ':') then 6 else 4 end as family,
        host_bits(block) as bits,
        address_number(split_part(block, '/', 1)) as number
    from texts
    where block is not null
)

select
    block,
    family,
    bits,
    first_in(number, bits) as first_address,
    last_in(number, bits) as last_address
from numbered
where number is not null and bits between 0 and case family when 4 then 32 else 128 end
