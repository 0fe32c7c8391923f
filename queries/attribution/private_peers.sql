-- The addresses that no internet gateway carries: private, shared, link-local and reserved ones.
-- RFC 6890, https://www.iana.org/assignments/iana-ipv4-special-registry and the IPv6 one.
with special as (
    select
        case when contains(block, ':') then 6 else 4 end as family,
        first_in(address_number(split_part(block, '/', 1)), host_bits(block)) as first_address,
        last_in(address_number(split_part(block, '/', 1)), host_bits(block)) as last_address
    from (
        values
        ('0.0.0.0/8'), ('10.0.0.0/8'), ('100.64.0.0/10'), ('127.0.0.0/8'), ('169.254.0.0/16'),
        ('172.16.0.0/12'), ('192.0.0.0/24'), ('192.0.2.0/24'), ('192.168.0.0/16'),
        ('198.18.0.0/15'), ('198.51.100.0/24'), ('203.0.113.0/24'), ('240.0.0.0/4'),
        ('::/127'), ('::ffff:0:0/96'), ('64:ff9b:1::/48'), ('100::/64'), ('2001::/23'),
        ('2001:db8::/32'), ('fc00::/7'), ('fe80::/10')
    ) as listed (block)
)

select distinct n.block
from networks as n
inner join special as s
    on n.family = s.family and n.first_address between s.first_address and s.last_address
