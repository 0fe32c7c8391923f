"""The one list of all flow-log fields; every schema, check and table of docs derives from it.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-log-records.html
"""

from dataclasses import dataclass

import polars as pl

_TEXT = pl.String()
_INT = pl.Int32()
_LONG = pl.Int64()
_TIME = pl.Datetime("us", "UTC")
_PORT = 65535


@dataclass(frozen=True, slots=True)
class Field:
    """One field: AWS's name, the lake's type, the version that brought it, what it says.

    `most` is the largest value a number can have.
    """

    name: str
    dtype: pl.DataType
    since: int
    meaning: str
    most: int | None = None


VPC_FIELDS = (
    Field("version", _INT, 2, "highest version among the fields of the format"),
    Field("account-id", _TEXT, 2, "owner of the source interface; unknown where AWS made it"),
    Field("interface-id", _TEXT, 2, "the interface; missing for a regional NAT gateway"),
    Field("srcaddr", _TEXT, 2, "source; the interface's primary address for its own traffic"),
    Field("dstaddr", _TEXT, 2, "destination, likewise"),
    Field("srcport", _INT, 2, "source port; 0 for ICMP", _PORT),
    Field("dstport", _INT, 2, "destination port; 0 for ICMP", _PORT),
    Field("protocol", _INT, 2, "IANA protocol number", 255),
    Field("packets", _LONG, 2, "packets in the window"),
    Field("bytes", _LONG, 2, "bytes in the window; missing for Block Public Access"),
    Field("start", _TIME, 2, "when the first packet of the window came, up to 60 s late"),
    Field("end", _TIME, 2, "when the last packet of the window came, up to 60 s late"),
    Field("action", _TEXT, 2, "ACCEPT or REJECT; missing where nothing was recorded"),
    Field("log-status", _TEXT, 2, "OK, NODATA or SKIPDATA (records were lost)"),
    Field("vpc-id", _TEXT, 3, "VPC of the interface"),
    Field("subnet-id", _TEXT, 3, "subnet of the interface"),
    Field("instance-id", _TEXT, 3, "instance the interface is attached to"),
    Field("tcp-flags", _INT, 3, "OR over the window of FIN 1, SYN 2, RST 4, SYN-ACK 18", 255),
    Field("type", _TEXT, 3, "IPv4, IPv6 or EFA"),
    Field("pkt-srcaddr", _TEXT, 3, "source as it stands in the packet"),
    Field("pkt-dstaddr", _TEXT, 3, "destination as it stands in the packet"),
    Field("region", _TEXT, 4, "Region of the interface"),
    Field("az-id", _TEXT, 4, "availability zone id"),
    Field("sublocation-type", _TEXT, 4, "wavelength, outpost or localzone"),
    Field("sublocation-id", _TEXT, 4, "id of that sublocation"),
    Field("pkt-src-aws-service", _TEXT, 5, "AWS service of the source's public address"),
    Field("pkt-dst-aws-service", _TEXT, 5, "AWS service of the destination's public address"),
    Field("flow-direction", _TEXT, 5, "ingress or egress, seen from the interface"),
    Field("traffic-path", _INT, 5, "how egress traffic leaves: 1 within the VPC, 4 peering, ..."),
    Field("ecs-cluster-arn", _TEXT, 7, "ECS cluster, by ARN"),
    Field("ecs-cluster-name", _TEXT, 7, "ECS cluster, by name"),
    Field("ecs-container-instance-arn", _TEXT, 7, "ECS container instance, by ARN"),
    Field("ecs-container-instance-id", _TEXT, 7, "ECS container instance, by id"),
    Field("ecs-container-id", _TEXT, 7, "runtime id of the first container of the task"),
    Field("ecs-second-container-id", _TEXT, 7, "runtime id of the second container"),
    Field("ecs-service-name", _TEXT, 7, "ECS service that started the task"),
    Field("ecs-task-definition-arn", _TEXT, 7, "ECS task definition"),
    Field("ecs-task-arn", _TEXT, 7, "ECS task, by ARN"),
    Field("ecs-task-id", _TEXT, 7, "ECS task, by id"),
    Field("reject-reason", _TEXT, 8, "BPA (Block Public Access) or EC (encryption controls)"),
    Field("resource-id", _TEXT, 9, "the regional NAT gateway"),
    Field("encryption-status", _INT, 10, "0 clear, 1 Nitro, 2 application, 3 both"),
    Field("instance-tag", _TEXT, 11, "value of the first chosen tag of the instance"),
    Field("instance-tag-2", _TEXT, 11, "value of the second chosen tag of the instance"),
    Field("interface-tag", _TEXT, 11, "value of the first chosen tag of the interface"),
    Field("interface-tag-2", _TEXT, 11, "value of the second chosen tag of the interface"),
    Field("asg-tag", _TEXT, 11, "value of the first chosen tag of the Auto Scaling group"),
    Field("asg-tag-2", _TEXT, 11, "value of the second chosen tag of the Auto Scaling group"),
    Field("interface-type", _TEXT, 11, "nat_gateway, transit_gateway, vpc_endpoint, ..."),
    Field("next-hop-interface-id", _TEXT, 11, "interface that receives (egress) or sends"),
    Field("next-hop-subnet-id", _TEXT, 11, "its subnet"),
    Field("next-hop-az-id", _TEXT, 11, "its availability zone id"),
    Field("next-hop-vpc-id", _TEXT, 11, "its VPC"),
    Field("next-hop-interface-type", _TEXT, 11, "its type"),
)
TRANSIT_GATEWAY_FIELDS = (
    Field("resource-type", _TEXT, 6, "TransitGateway or TransitGatewayAttachment"),
    Field("tgw-id", _TEXT, 6, "the transit gateway"),
    Field("tgw-attachment-id", _TEXT, 6, "the attachment the record is about"),
    Field("tgw-src-vpc-account-id", _TEXT, 6, "account of the source VPC"),
    Field("tgw-dst-vpc-account-id", _TEXT, 6, "account of the destination VPC"),
    Field("tgw-src-vpc-id", _TEXT, 6, "source VPC"),
    Field("tgw-dst-vpc-id", _TEXT, 6, "destination VPC"),
    Field("tgw-src-subnet-id", _TEXT, 6, "subnet of the source"),
    Field("tgw-dst-subnet-id", _TEXT, 6, "subnet of the destination"),
    Field("tgw-src-eni", _TEXT, 6, "attachment interface on the source's side"),
    Field("tgw-dst-eni", _TEXT, 6, "attachment interface on the destination's side"),
    Field("tgw-src-az-id", _TEXT, 6, "availability zone id of the source"),
    Field("tgw-dst-az-id", _TEXT, 6, "availability zone id of the destination"),
    Field("tgw-pair-attachment-id", _TEXT, 6, "the attachment at the other side"),
    Field("packets-lost-no-route", _LONG, 6, "packets lost for want of a route"),
    Field("packets-lost-blackhole", _LONG, 6, "packets lost in a blackhole route"),
    Field("packets-lost-mtu-exceeded", _LONG, 6, "packets lost for their size"),
    Field("packets-lost-ttl-expired", _LONG, 6, "packets lost for their time to live"),
)
# Values of tags, which may be any text, and come percent-encoded for they must hold no blank.
TAGS = frozenset(field.name for field in VPC_FIELDS if "-tag" in field.name)
_BY_NAME = {field.name: field for field in (*VPC_FIELDS, *TRANSIT_GATEWAY_FIELDS)}

# The default format of transit-gateway flow logs: all fields of versions 2 to 6, in AWS's order.
_TRANSIT_GATEWAY_DEFAULT = """
version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id
tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id
tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport
dstport protocol packets bytes start end log-status type packets-lost-no-route
packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region
flow-direction pkt-src-aws-service pkt-dst-aws-service
"""
TRANSIT_GATEWAY_LAYOUT = tuple(_BY_NAME[name] for name in _TRANSIT_GATEWAY_DEFAULT.split())

_BY_TABLE = {
    "flows": {field.name: field for field in VPC_FIELDS},
    "transit_gateway_flows": {field.name: field for field in TRANSIT_GATEWAY_LAYOUT},
}


def names() -> list[str]:
    """Return the name of every field, as AWS writes it."""
    return list(_BY_NAME)


def known(table: str, name: str) -> Field | None:
    """Return the field of that name that the table has a column for; None where it has none."""
    return _BY_TABLE[table].get(name)


def column(name: str) -> str:
    """Return the lake's column for a field: `_` for `-`, and no word that SQL keeps for itself."""
    return {"start": "start_time", "end": "end_time"}.get(name, name.replace("-", "_"))
