-- The groups that each packet's peer carries, where a reference to them reaches: in the same VPC, or
-- over an active peering connection of the Region.
-- https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
select distinct
    c.key_id as packet_id,
    g.group_id,
    q.account_id,
    q.peer_account_id
from case_questions as c
inner join questions as q on c.question_id = q.question_id
inner join interface_groups as g on q.peer_interface_id = g.interface_id
inner join scopes as s on g.scope = s.scope
left join vpc_links_at as l
    on q.moment = l.moment and q.vpc_id = l.vpc_id and q.peer_vpc_id = l.peer_vpc_id
where
    in_force(g.valid_from, g.valid_to, s.first_observed, q.moment)
    and (q.peer_vpc_id = q.vpc_id or l.is_peered)
order by all
