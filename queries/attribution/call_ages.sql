-- The calls of which some answer is not of the snapshots that judge at a moment: `note` says since when
-- it is older, and is NULL where all of them are later. What is said of transit gateways' own settings
-- goes with the attachments.
with held as (
    select
        m.moment,
        s.call,
        s.first_observed > m.moment as is_later,
        strftime(lapse_at(s.lapses, m.moment).answered, '%Y-%m-%d') as answered_on
    from (select distinct moment from moments) as m
    cross join scopes as s
    where observed_apart(s.first_observed, s.lapses, m.moment)
),

said as (
    select
        moment,
        call,
        case
            when max(answered_on) is null then null
            when bool_or(is_later) or count(distinct answered_on) > 1
                then call || ' was not answered in the snapshot that judges'
            else
                call || ' was last answered on ' || min(answered_on)
                || ', before the snapshot that judges'
        end as note
    from held
    group by moment, call
)

select
    moment,
    case
        when call = 'describe-transit-gateways' then 'describe-transit-gateway-vpc-attachments'
        else call
    end as call,
    string_agg(note, '; ' order by note) as note
from said
group by all
