-- What stands behind each interface now: told by its type, else by AWS's own words of who made it.
-- Types: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
-- A service describes the interfaces that it makes in accounts of others in words of its own:
-- https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html
with held as (
    select
        interface_id,
        arg_max(interface_type, valid_from) as interface_type,
        arg_max(description, valid_from) as description,
        arg_max(instance_id, valid_from) as instance_id,
        bool_or(requester_managed) as requester_managed
    from interfaces
    where valid_to is null
    group by interface_id
),

-- The longest beginning that fits counts.
words as (
    select * from (values
        ('ELB ', 'classic-load-balancer'),
        ('ELB app/', 'application-load-balancer'),
        ('ELB net/', 'network-load-balancer'),
        ('ELB gwy/', 'gateway-load-balancer'),
        ('AWS Lambda VPC ENI', 'lambda'),
        ('Interface for NAT Gateway ', 'nat-gateway'),
        ('Network Interface for Transit Gateway Attachment ', 'transit-gateway'),
        ('VPC Endpoint Interface ', 'vpc-endpoint'),
        ('RDSNetworkInterface', 'rds'),
        ('RedshiftNetworkInterface', 'redshift'),
        ('DMSNetworkInterface', 'dms'),
        ('ElastiCache ', 'elasticache'),
        ('EFS mount target for ', 'efs'),
        ('Amazon EKS ', 'eks-control-plane'),
        ('aws-K8S-', 'eks-node'),
        ('Route 53 Resolver: ', 'route-53-resolver'),
        ('AWS created network interface for directory ', 'directory-service'),
        ('Created By Amazon Workspaces ', 'workspaces')
    ) as w (beginning, service)
),

described as (
    select h.interface_id, arg_max(w.service, len(w.beginning)) as service
    from held as h
    inner join words as w on starts_with(h.description, w.beginning)
    group by h.interface_id
)

select
    h.interface_id,
    case
        -- A type that is not known here is kept as AWS gives it.
        when h.interface_type not in ('interface', 'efa', 'efa-only', 'branch', 'trunk')
            then replace(h.interface_type, '_', '-')
        when d.service is not null then d.service
        when regexp_matches(h.description, '^arn:aws[a-z-]*:ecs:') then 'ecs-task'
        when h.interface_type = 'branch' then 'pod-or-task'
        when h.instance_id is not null then 'instance'
        when h.requester_managed then 'aws-service'
    end as service
from held as h
left join described as d on h.interface_id = d.interface_id
