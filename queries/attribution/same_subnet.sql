-- Whether the peer is in the interface's own subnet, where no network ACL stands between them.
-- Where no snapshot holds the subnet's blocks, an interface of that subnet at the address says yes,
-- and nothing says no. https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
with blocks as (
    select distinct
        q.question_id,
        n.family = q.peer_family
        and q.peer_number between n.first_address and n.last_address as holds_peer
    from questions as q
    inner join scopes as s on s.call = 'describe-subnets'
    inner join subnet_cidrs as c on s.scope = c.scope and q.subnet_id = c.subnet_id
    inner join networks as n on c.cidr = n.block
    where
        in_force(c.valid_from, c.valid_to, s.first_observed, q.moment)
        and coalesce(c.state, 'associated') = 'associated'
),

neighbours as (
    select distinct q.question_id
    from questions as q
    inner join addresses_at as a
        on
            q.moment = a.moment
            and q.subnet_id = a.subnet_id
            and q.peer_family = a.family
            and q.peer_number between a.first_address and a.last_address
)

select
    q.question_id,
    case
        -- What another VPC's interface sent came from outside, whoever has the address here.
        when q.is_led_elsewhere and q.peer_vpc_id <> q.vpc_id then false
        when not q.is_sender_unplaced
            then coalesce(b.holds_peer, case when n.question_id is not null then true end)
    end as same_subnet
from questions as q
left join (
    select question_id, bool_or(holds_peer) as holds_peer from blocks group by question_id
) as b on q.question_id = b.question_id
left join neighbours as n on q.question_id = n.question_id
