-- What no flow log watches in full, deliveries that fail, and formats that leave out what verdicts want.
-- param until      timestamptz  the configuration as of then; NULL for now
with logs as (
    select
        flow_log_id,
        max(account_id) as account_id,
        max(region) as region,
        max(resource_id) as resource_id,
        arg_max(traffic_type, observed) as traffic_type,
        arg_max(flow_log_status, observed) as flow_log_status,
        arg_max(deliver_logs_status, observed) as deliver_logs_status,
        arg_max(deliver_logs_error_message, observed) as deliver_logs_error_message,
        arg_max(log_format, observed) as log_format
    from held('flow_logs', $until)
    group by flow_log_id
),

-- One log of what is accepted and one of what is rejected are as good as one of all.
watching as (
    select
        resource_id,
        bool_or(coalesce(traffic_type, 'ALL') <> 'REJECT') as accepted,
        bool_or(coalesce(traffic_type, 'ALL') <> 'ACCEPT') as rejected
    from logs
    where coalesce(flow_log_status, 'ACTIVE') = 'ACTIVE'
    group by resource_id
),

-- A flow log is of an interface, of a subnet, or of a VPC, and watches all that is in it. A VPC of
-- which no subnet is known, and a subnet without interfaces, want one as well: for those to come.
-- https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html
places as (
    select account_id, region, vpc_id, subnet_id, interface_id from held('interfaces', $until)
    union
    select account_id, region, vpc_id, subnet_id, null from held('subnets', $until)
    union
    select account_id, region, vpc_id, null, null from held('vpcs', $until)
),

-- Where an account and Region were not asked for their flow logs, there may be any.
asked as (
    select distinct account_id, region
    from observations
    where
        call = 'describe-flow-logs' and complete
        and finished <= coalesce($until::timestamptz, now())
),

watched as (
    select
        p.* exclude (watched_id),
        a.account_id is not null as is_known,
        coalesce(bool_or(w.accepted), false) as accepted,
        coalesce(bool_or(w.rejected), false) as rejected
    from (select *, unnest([interface_id, subnet_id, vpc_id]) as watched_id from places) as p
    left join watching as w on p.watched_id = w.resource_id
    left join asked as a on p.account_id = a.account_id and p.region = a.region
    group by all
),

-- Of what is watched by its parts, the parts are told. Owners and participants of a shared subnet
-- may both have flow logs of it: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
told as (
    select
        *,
        accepted or rejected as in_part,
        bool_and(is_known) over (partition by vpc_id, subnet_id) as all_known
    from watched
    qualify
        interface_id is not null
        or (
            count(interface_id) over (partition by vpc_id, subnet_id) = 0
            and (subnet_id is not null or count(subnet_id) over (partition by vpc_id) = 0)
        )
),

unwatched as (
    select
        case when in_part then 'flow_log_not_all' else 'no_flow_log' end as finding,
        account_id, region, vpc_id,
        case when subnet_id is null then 'vpc' else 'subnet' end as element_type,
        coalesce(subnet_id, vpc_id) as element_id,
        [
            case
                when count(interface_id) = 0 then format(
                    'no snapshot knows an interface in it, and it has {}',
                    case
                        when in_part then 'flow logs of accepted or rejected traffic alone'
                        else 'no flow log'
                    end
                )
                else format(
                    '{} of its interfaces {} {}: {}',
                    count(*),
                    case when count(*) = 1 then 'has' else 'have' end,
                    case
                        when in_part then 'flow logs of accepted or rejected traffic alone'
                        else 'no flow log of their own, of the subnet or of the VPC'
                    end,
                    few(list(interface_id))
                )
            end,
            'what is not there to be seen proves nothing'
        ] as details
    from told
    where all_known and not (accepted and rejected)
    group by account_id, region, vpc_id, subnet_id, in_part
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

-- What a verdict has to guess, or cannot say, without each. Verdicts are of records of VPCs: those
-- of transit gateways have other fields.
-- https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-log-records.html
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
    where
        l.resource_id not like 'tgw-%'
        and not contains(l.log_format, format('${{{}}}', w.field))
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
