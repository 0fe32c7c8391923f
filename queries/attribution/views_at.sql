-- When the snapshot was taken of which an account's view of things that are shared is, at each moment:
-- of views of several accounts the last one counts. NULL where there was none yet. The accounts that
-- one run asks are seen at one time.
with runs as (
    select run_id, max(observed) as seen from taken group by run_id
),

answers as (
    select o.scope, o.finished, r.seen
    from observations as o
    inner join runs as r on o.run_id = r.run_id
    where o.complete
)

select m.moment, s.scope, a.seen
from (select distinct moment from moments) as m
cross join (
    select scope
    from scopes
    where
        call in (
            'describe-network-acls', 'describe-security-groups', 'describe-route-tables',
            'describe-nat-gateways', 'describe-vpcs', 'describe-subnets', 'describe-prefix-lists',
            'get-managed-prefix-list-entries', 'describe-network-interfaces'
        )
) as s
asof left join answers as a on s.scope = a.scope and m.moment >= a.finished
