-- The packets for a load balancer that does not listen on their port, so far as its listeners are
-- told.
-- https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
with balanced as (
    select
        q.question_id,
        q.moment,
        q.protocol,
        q.dst_port,
        b.load_balancer_arn,
        s.first_observed,
        observed_apart(s.first_observed, s.lapses, q.moment) as late
    from loss_questions as q
    inner join ends as e
        on q.interface_id = e.interface_id and q.moment = e.moment and q.peer_ip = e.peer_ip
    inner join arrivals as r on e.end_id = r.end_id
    inner join (
        select distinct interface_id, description
        from interfaces
        where description like 'ELB %'
    ) as i on r.interface_id = i.interface_id
    inner join (
        select distinct load_balancer_arn
        from load_balancers
    ) as b on i.description = description_of(b.load_balancer_arn)
    inner join (
        select subject_id, min(first_observed) as first_observed, flatten(list(lapses)) as lapses
        from scopes
        where call = 'describe-listeners'
        group by subject_id
    ) as s on b.load_balancer_arn = s.subject_id
    where q.protocol in (6, 17)
)

select
    b.question_id,
    b.load_balancer_arn,
    b.late
from balanced as b
left join load_balancer_listeners as l
    on
        b.load_balancer_arn = l.load_balancer_arn
        and b.dst_port = l.port
        and listener_takes(l.protocol, b.protocol)
        and in_force(l.valid_from, l.valid_to, b.first_observed, b.moment)
group by b.question_id, b.load_balancer_arn, b.late
having count(l.load_balancer_arn) = 0
