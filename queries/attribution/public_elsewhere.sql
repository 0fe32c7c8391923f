-- The public addresses that are those of an interface in a VPC that the source's is joined to: a
-- name that resolved there privately would have led over the peering or the transit gateway.
-- https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-dns.html
with public_ones as (
    select m.moment, i.interface_id, i.vpc_id, unnest([i.public_ip, a.public_ip]) as public_ip
    from (select distinct moment from followed) as m
    inner join scopes as s on s.call = 'describe-network-interfaces'
    inner join interfaces as i on s.scope = i.scope
    inner join interface_addresses as a on i.scope = a.scope and i.interface_id = a.interface_id
    where
        in_force(i.valid_from, i.valid_to, s.first_observed, m.moment)
        and in_force(a.valid_from, a.valid_to, s.first_observed, m.moment)
)

select
    q.question_id,
    min(p.interface_id) as interface_id,
    min(p.vpc_id) as vpc_id
from loss_questions as q
inner join ends as e
    on q.interface_id = e.interface_id and q.moment = e.moment and q.peer_ip = e.peer_ip
inner join public_ones as p on q.moment = p.moment and q.peer_ip = p.public_ip
inner join vpc_links_at as l
    on q.moment = l.moment and e.vpc_id = l.vpc_id and p.vpc_id = l.peer_vpc_id
group by q.question_id
