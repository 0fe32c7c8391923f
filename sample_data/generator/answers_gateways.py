"""Internet and NAT gateways and the flow logs as the AWS CLI lists them."""

from .answers_network import Json, tags
from .formats import FlowLog
from .ids import CREATED, aws_id
from .interfaces import INTERFACES
from .organisation import Vpc


def internet_gateway_json(vpc: Vpc) -> Json:
    return {
        "Attachments": [{"State": "available", "VpcId": aws_id("vpc", vpc.name)}],
        "InternetGatewayId": aws_id("igw", vpc.name),
        "OwnerId": vpc.account,
        "Tags": tags(f"{vpc.name}-igw"),
    }


def egress_only_json(vpc: Vpc) -> Json:
    return {
        "Attachments": [{"State": "attached", "VpcId": aws_id("vpc", vpc.name)}],
        "EgressOnlyInternetGatewayId": aws_id("eigw", vpc.name),
        "Tags": tags(f"{vpc.name}-eigw"),
    }


def nat_gateway_json(vpc: Vpc) -> Json:
    interface = INTERFACES[f"{vpc.name}-nat-a"]
    return {
        "CreateTime": CREATED,
        "NatGatewayAddresses": [
            {
                "AllocationId": aws_id("eipalloc", interface.name),
                "NetworkInterfaceId": interface.id,
                "PrivateIp": interface.address,
                "PublicIp": interface.public,
                "AssociationId": aws_id("eipassoc", interface.name),
                "IsPrimary": True,
                "Status": "succeeded",
            }
        ],
        "NatGatewayId": aws_id("nat", vpc.name),
        "State": "available",
        "SubnetId": aws_id("subnet", interface.subnet),
        "VpcId": aws_id("vpc", vpc.name),
        "Tags": tags(interface.name),
        "ConnectivityType": "public",
    }


def flow_log_json(log: FlowLog) -> Json:
    return {
        "CreationTime": CREATED,
        "DeliverLogsStatus": "SUCCESS",
        "FlowLogId": log.id,
        "FlowLogStatus": "ACTIVE",
        "ResourceId": aws_id("subnet", log.subnet) if log.subnet else aws_id("vpc", log.vpc),
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": "arn:aws:s3:::sample-flow-logs",
        "LogFormat": log.log_format,
        "Tags": tags(f"{log.vpc}-flow-log"),
        "MaxAggregationInterval": log.interval,
        "DestinationOptions": {
            "FileFormat": "plain-text",
            "HiveCompatiblePartitions": log.hive,
            "PerHourPartition": False,
        },
    }
