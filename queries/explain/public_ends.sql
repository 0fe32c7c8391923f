-- Which interface the internet knows by a public address, and its own address there.
-- param wanted  text         the public address
-- param moment  timestamptz  the configuration as of then; before the first snapshot the first one
select
    a.interface_id,
    a.address
from interface_addresses as a
inner join scopes as s on a.scope = s.scope
where
    a.public_ip = $wanted
    and in_force(a.valid_from, a.valid_to, s.first_observed, $moment::timestamptz)
union
select
    e.interface_id,
    e.private_ip
from addresses as e
inner join scopes as s on e.scope = s.scope
where
    e.public_ip = $wanted
    and e.interface_id is not null
    and e.private_ip is not null
    and in_force(e.valid_from, e.valid_to, s.first_observed, $moment::timestamptz)
