-- How long interfaces keep what is idle, in seconds, where they are set otherwise than AWS does, and
-- the starts of the records that this is for: as the snapshot that judges them shows it.
-- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ConnectionTrackingConfiguration.html
select
    i.interface_id,
    min(e.from_time) as from_time,
    max(e.until_time) as until_time,
    i.tcp_established_timeout,
    i.udp_timeout,
    i.udp_stream_timeout
from interfaces as i
inner join known_interfaces as k on i.scope = k.scope and i.interface_id = k.interface_id
inner join scopes as s on k.scope = s.scope
inner join epochs as e
    on
        k.observer_id is not distinct from e.observer_id
        and k.region is not distinct from e.region
        and in_force(i.valid_from, i.valid_to, s.first_observed, e.moment)
where coalesce(i.tcp_established_timeout, i.udp_timeout, i.udp_stream_timeout) is not null
group by
    i.interface_id, i.valid_from, i.tcp_established_timeout, i.udp_timeout, i.udp_stream_timeout
