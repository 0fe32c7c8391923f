-- What was observed in full: each call of an account and Region, and when first. `lapses` are the
-- times at which its last answer is older than a snapshot: since one of the account and Region was
-- taken without the call, until the call was answered again. `answered` is when that answer was.
with snapshots as (
    select
        account_id,
        region,
        observed,
        lead(observed) over (partition by account_id, region order by observed) as next_observed
    from (select distinct account_id, region, observed from taken)
),

answers as (
    select
        o.*,
        t.observed,
        s.next_observed,
        lead(o.finished) over in_turn as next_finished,
        lead(t.observed) over in_turn as answered_next
    from observations as o
    inner join taken as t
        on o.account_id = t.account_id and o.region = t.region and o.run_id = t.run_id
    inner join snapshots as s
        on t.account_id = s.account_id and t.region = s.region and t.observed = s.observed
    where o.complete
    window in_turn as (partition by o.scope order by o.finished, t.observed)
)

select
    scope,
    account_id as observer_id,
    region,
    call,
    subject_id,
    min(finished) as first_observed,
    coalesce(
        list({
            'since': next_observed,
            'until': coalesce(next_finished, 'infinity'::timestamptz),
            'answered': finished
        }) filter (where next_observed < coalesce(answered_next, 'infinity'::timestamptz)),
        []
    ) as lapses
from answers
group by all
