-- What no flow log watches in full, deliveries that fail, and formats that leave out what verdicts want.
-- param until      timestamptz  the configuration as of then; NULL for now
with moment as (
    select coalesce($until::timestamptz, now()) as moment
),

logs as (
    select
        f.flow_log_id,
        max(f.account_id) as account_id,
        max(f.region) as region,
        max(f.resource_id) as resource_id,
        arg_max(f.traffic_type, f.valid_from) as traffic_type,
        arg_max(f.flow_log_status, f.valid_from) as flow_log_status,
        arg_max(f.deliver_logs_status, f.valid_from) as deliver_logs_status,
        arg_max(f.deliver_logs_error_message, f.valid_from) as deliver_logs_error_message,
        arg_max(f.log_format, f.valid_from) as log_format
    from flow_logs as f
    cross join moment as m
    where held_at(f.valid_from, f.valid_to, m.moment)
    group by f.flow_log_id
),

watching as (
    select resource_id, bool_or(traffic_type = 'ALL') as in_full
    from logs
    where coalesce(flow_log_status, 'ACTIVE') = 'ACTIVE'
    group by resource_id
),

-- A flow log is of an interface, of a subnet, or of a VPC, and watches all that is in it.
-- https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
held_interfaces as (
    select distinct i.account_id, i.region, i.vpc_id, i.subnet_id, i.interface_id
    from interfaces as i
    cross join moment as m
    where held_at(i.valid_from, i.valid_to, m.moment)
),

watched as (
    select
        i.*,
        coalesce(e.resource_id, s.resource_id, v.resource_id) is not null as in_part,
        coalesce(e.in_full, false) or coalesce(s.in_full, false) or coalesce(v.in_full, false)
            as in_full
    from held_interfaces as i
    left join watching as e on i.interface_id = e.resource_id
    left join watching as s on i.subnet_id = s.resource_id
    left join watching as v on i.vpc_id = v.resource_id
),

-- Where nobody listed the flow logs of an account and Region, nothing is known of them.
asked as (
    select distinct account_id, region
    from observations
    where call = 'describe-flow-logs' and complete
),

unwatched as (
    select
        case when bool_or(w.in_part) then 'flow_log_not_all' else 'no_flow_log' end as finding,
        w.account_id, w.region, w.vpc_id,
        'subnet' as element_type,
        w.subnet_id as element_id,
        [
            format(
                '{} of its interfaces {} {}: {}{}',
                count(*),
                case when count(*) = 1 then 'has' else 'have' end,
                case
                    when bool_or(w.in_part) then 'flow logs of accepted or rejected traffic alone'
                    else 'no flow log of their own, of the subnet or of the VPC'
                end,
                array_to_string(list_sort(list(w.interface_id))[:5], ', '),
                case when count(*) > 5 then ', ...' else '' end
            ),
            'what is not there to be seen proves nothing'
        ] as details
    from watched as w
    inner join asked as a on w.account_id = a.account_id and w.region = a.region
    where not w.in_full
    group by w.account_id, w.region, w.vpc_id, w.subnet_id, w.in_part
),

-- https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html
failing as (
    select
        'delivery_failed' as finding,
        account_id, region,
        case when resource_id like 'vpc-%' then resource_id end as vpc_id,
        'flow-log' as element_type,
        flow_log_id as element_id,
        [format(
            'of {}: {}', resource_id, coalesce(deliver_logs_error_message, 'AWS does not say why')
        )] as details
    from logs
    where deliver_logs_status = 'FAILED' or deliver_logs_error_message is not null
),

-- What a verdict has to guess, or cannot say, without each.
wanted as (
    select * from (values
        ('tcp-flags', 'whether a packet opens a connection'),
        ('flow-direction', 'which way a packet went'),
        ('pkt-srcaddr', 'the true source behind an interface'),
        ('pkt-dstaddr', 'the true destination behind an interface'),
        ('reject-reason', 'whether Block Public Access or encryption controls refused')
    ) as w (field, tells)
),

lacking as (
    select
        'format_lacks_fields' as finding,
        l.account_id, l.region,
        case when l.resource_id like 'vpc-%' then l.resource_id end as vpc_id,
        'flow-log' as element_type,
        l.flow_log_id as element_id,
        list(format('{}, which tells {}', w.field, w.tells) order by w.field) as details
    from logs as l
    cross join wanted as w
    where not contains(coalesce(l.log_format, ''), format('${{{}}}', w.field))
    group by l.account_id, l.region, l.resource_id, l.flow_log_id
)

from unwatched
union all
from failing
union all
from lacking
order by
    finding = 'format_lacks_fields', finding = 'flow_log_not_all', finding,
    account_id, region, element_id
