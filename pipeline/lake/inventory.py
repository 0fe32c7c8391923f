"""What is kept of each describe call: its tables, and where in the answer every value stands.

A `Shape` turns one answer's objects into the rows of one table. Its `path` names the lists to
descend from the object, so that a row is one innermost element; a value is `level.Field`, where
level 0 is the object itself, 1 the element of the first list and so on. `a|b` takes the first
present, `=word` is a constant, `#0.Groups` the length of a list, `@subject` the id the answer is
about where the answer does not repeat it.

Field names: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/OperationList-query.html
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.lake.columns import BOOLEAN, INT, LONG, TEXT, TIME, Column, Table


@dataclass(frozen=True, slots=True)
class Shape:
    """The rows of `table` in an answer: the lists to descend, and each column's place."""

    table: str
    path: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """One AWS CLI call: the answer's top-level key, what marks its objects, the rows it gives.

    `marks` are fields that every object of this call has; they tell it from other calls with the
    same key. `identity` is the field that names the object, used for its tags. `about` is True
    where an answer is about one subject whose id it does not repeat.
    """

    name: str
    key: str
    identity: str
    shapes: tuple[Shape, ...]
    marks: tuple[str, ...] = ()
    about: bool = False


def _tags(identity: str, path: str = "Tags") -> Shape:
    values = {"resource_id": f"0.{identity}", "key": "1.Key", "value": "1.Value"}
    return Shape("tags", path, values)


def _rules(permissions: str, direction: str) -> Iterator[Shape]:
    """Yield the four kinds of peer a group's permission can name, each a list of its own."""
    peers = {
        "IpRanges": {"cidr": "2.CidrIp"},
        "Ipv6Ranges": {"cidr": "2.CidrIpv6"},
        "PrefixListIds": {"prefix_list_id": "2.PrefixListId"},
        "UserIdGroupPairs": {
            "referenced_group_id": "2.GroupId",
            "referenced_account_id": "2.UserId",
            "referenced_vpc_id": "2.VpcId",
            "vpc_peering_connection_id": "2.VpcPeeringConnectionId",
            "peering_status": "2.PeeringStatus",
        },
    }
    for ranges, peer in peers.items():
        values = {
            "group_id": "0.GroupId",
            "direction": f"={direction}",
            "protocol": "1.IpProtocol",
            "from_port": "1.FromPort",
            "to_port": "1.ToPort",
            "description": "2.Description",
            **peer,
        }
        yield Shape("security_group_rules", f"{permissions}.{ranges}", values)


def _addresses(lists: dict[str, str]) -> Iterator[Shape]:
    for path, name in lists.items():
        values = {
            "interface_id": "0.NetworkInterfaceId",
            "address": f"1.{name}",
            "kind": f"={name}",
        }
        if path == "PrivateIpAddresses":
            values |= {"is_primary": "1.Primary", "public_ip": "1.Association.PublicIp"}
        yield Shape("interface_addresses", path, values)


# A route has exactly one target; an instance's route also names its interface, which decides.
_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "InstanceId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
)

CALLS = (
    Call(
        "describe-network-interfaces",
        "NetworkInterfaces",
        "NetworkInterfaceId",
        (
            Shape(
                "interfaces",
                "",
                {
                    "interface_id": "0.NetworkInterfaceId",
                    "vpc_id": "0.VpcId",
                    "subnet_id": "0.SubnetId",
                    "availability_zone": "0.AvailabilityZone",
                    "availability_zone_id": "0.AvailabilityZoneId",
                    "interface_type": "0.InterfaceType",
                    "description": "0.Description",
                    "instance_id": "0.Attachment.InstanceId",
                    "requester_managed": "0.RequesterManaged",
                    "source_dest_check": "0.SourceDestCheck",
                    "status": "0.Status",
                    "private_ip": "0.PrivateIpAddress",
                    "public_ip": "0.Association.PublicIp",
                    "group_count": "#0.Groups",
                },
            ),
            *_addresses(
                {
                    "PrivateIpAddresses": "PrivateIpAddress",
                    "Ipv6Addresses": "Ipv6Address",
                    "Ipv4Prefixes": "Ipv4Prefix",
                    "Ipv6Prefixes": "Ipv6Prefix",
                }
            ),
            Shape(
                "interface_groups",
                "Groups",
                {
                    "interface_id": "0.NetworkInterfaceId",
                    "group_id": "1.GroupId",
                    "group_name": "1.GroupName",
                },
            ),
            _tags("NetworkInterfaceId", "TagSet"),
        ),
    ),
    Call(
        "describe-security-groups",
        "SecurityGroups",
        "GroupId",
        (
            Shape(
                "security_groups",
                "",
                {
                    "group_id": "0.GroupId",
                    "group_name": "0.GroupName",
                    "vpc_id": "0.VpcId",
                    "description": "0.Description",
                    "ingress_permission_count": "#0.IpPermissions",
                    "egress_permission_count": "#0.IpPermissionsEgress",
                },
            ),
            *_rules("IpPermissions", "ingress"),
            *_rules("IpPermissionsEgress", "egress"),
            _tags("GroupId"),
        ),
    ),
    Call(
        "describe-network-acls",
        "NetworkAcls",
        "NetworkAclId",
        (
            Shape(
                "network_acls",
                "",
                {
                    "network_acl_id": "0.NetworkAclId",
                    "vpc_id": "0.VpcId",
                    "is_default": "0.IsDefault",
                },
            ),
            Shape(
                "network_acl_entries",
                "Entries",
                {
                    "network_acl_id": "0.NetworkAclId",
                    "is_egress": "1.Egress",
                    "rule_number": "1.RuleNumber",
                    "rule_action": "1.RuleAction",
                    "protocol": "1.Protocol",
                    "cidr": "1.CidrBlock|1.Ipv6CidrBlock",
                    "from_port": "1.PortRange.From",
                    "to_port": "1.PortRange.To",
                    "icmp_type": "1.IcmpTypeCode.Type",
                    "icmp_code": "1.IcmpTypeCode.Code",
                },
            ),
            Shape(
                "network_acl_associations",
                "Associations",
                {
                    "network_acl_id": "0.NetworkAclId",
                    "subnet_id": "1.SubnetId",
                },
            ),
            _tags("NetworkAclId"),
        ),
    ),
    Call(
        "describe-subnets",
        "Subnets",
        "SubnetId",
        (
            Shape(
                "subnets",
                "",
                {
                    "subnet_id": "0.SubnetId",
                    "vpc_id": "0.VpcId",
                    "availability_zone": "0.AvailabilityZone",
                    "availability_zone_id": "0.AvailabilityZoneId",
                    "cidr": "0.CidrBlock",
                    "map_public_ip_on_launch": "0.MapPublicIpOnLaunch",
                },
            ),
            Shape(
                "subnet_cidrs",
                "",
                {"subnet_id": "0.SubnetId", "cidr": "0.CidrBlock", "state": "=associated"},
            ),
            Shape(
                "subnet_cidrs",
                "Ipv6CidrBlockAssociationSet",
                {
                    "subnet_id": "0.SubnetId",
                    "cidr": "1.Ipv6CidrBlock",
                    "state": "1.Ipv6CidrBlockState.State",
                },
            ),
            _tags("SubnetId"),
        ),
    ),
    Call(
        "describe-vpcs",
        "Vpcs",
        "VpcId",
        (
            Shape(
                "vpcs",
                "",
                {
                    "vpc_id": "0.VpcId",
                    "cidr": "0.CidrBlock",
                    "is_default": "0.IsDefault",
                    "internet_gateway_block_mode": (
                        "0.BlockPublicAccessStates.InternetGatewayBlockMode"
                    ),
                    "encryption_control_mode": "0.EncryptionControl.Mode",
                },
            ),
            Shape(
                "vpc_cidrs",
                "CidrBlockAssociationSet",
                {
                    "vpc_id": "0.VpcId",
                    "cidr": "1.CidrBlock",
                    "state": "1.CidrBlockState.State",
                },
            ),
            Shape(
                "vpc_cidrs",
                "Ipv6CidrBlockAssociationSet",
                {
                    "vpc_id": "0.VpcId",
                    "cidr": "1.Ipv6CidrBlock",
                    "state": "1.Ipv6CidrBlockState.State",
                },
            ),
            _tags("VpcId"),
        ),
    ),
    Call(
        "describe-route-tables",
        "RouteTables",
        "RouteTableId",
        (
            Shape(
                "route_tables",
                "",
                {"route_table_id": "0.RouteTableId", "vpc_id": "0.VpcId"},
            ),
            Shape(
                "route_table_associations",
                "Associations",
                {
                    "route_table_id": "0.RouteTableId",
                    "vpc_id": "0.VpcId",
                    "subnet_id": "1.SubnetId",
                    "gateway_id": "1.GatewayId",
                    "is_main": "1.Main",
                    "state": "1.AssociationState.State",
                },
            ),
            Shape(
                "routes",
                "Routes",
                {
                    "route_table_id": "0.RouteTableId",
                    "vpc_id": "0.VpcId",
                    "destination": "1.DestinationCidrBlock|1.DestinationIpv6CidrBlock",
                    "destination_prefix_list_id": "1.DestinationPrefixListId",
                    "target": "|".join(f"1.{target}" for target in _TARGETS),
                    "state": "1.State",
                    "origin": "1.Origin",
                },
            ),
            _tags("RouteTableId"),
        ),
    ),
    Call(
        "describe-vpc-peering-connections",
        "VpcPeeringConnections",
        "VpcPeeringConnectionId",
        (
            Shape(
                "peerings",
                "",
                {
                    "vpc_peering_connection_id": "0.VpcPeeringConnectionId",
                    "status": "0.Status.Code",
                    "requester_account_id": "0.RequesterVpcInfo.OwnerId",
                    "requester_region": "0.RequesterVpcInfo.Region",
                    "requester_vpc_id": "0.RequesterVpcInfo.VpcId",
                    "accepter_account_id": "0.AccepterVpcInfo.OwnerId",
                    "accepter_region": "0.AccepterVpcInfo.Region",
                    "accepter_vpc_id": "0.AccepterVpcInfo.VpcId",
                },
            ),
            _tags("VpcPeeringConnectionId"),
        ),
    ),
    Call(
        "describe-managed-prefix-lists",
        "PrefixLists",
        "PrefixListId",
        (
            Shape(
                "prefix_lists",
                "",
                {
                    "prefix_list_id": "0.PrefixListId",
                    "prefix_list_name": "0.PrefixListName",
                    "state": "0.State",
                    "version": "0.Version",
                },
            ),
            _tags("PrefixListId"),
        ),
        marks=("PrefixListArn",),
    ),
    Call(
        "describe-prefix-lists",
        "PrefixLists",
        "PrefixListId",
        (
            Shape(
                "prefix_lists",
                "",
                {"prefix_list_id": "0.PrefixListId", "prefix_list_name": "0.PrefixListName"},
            ),
            Shape(
                "prefix_list_entries",
                "Cidrs",
                {"prefix_list_id": "0.PrefixListId", "cidr": "1"},
            ),
        ),
        marks=("Cidrs",),
    ),
    Call(
        "get-managed-prefix-list-entries",
        "Entries",
        "Cidr",
        (
            Shape(
                "prefix_list_entries",
                "",
                {
                    "prefix_list_id": "@subject",
                    "cidr": "0.Cidr",
                    "description": "0.Description",
                },
            ),
        ),
        marks=("Cidr",),
        about=True,
    ),
)

# Every inventory row says whose it is, who saw it, and from when to when it was seen so.
_SEEN = (
    Column("account_id", TEXT, "the owner; where the object does not say, the account that saw it"),
    Column("region", TEXT, "the Region of the call"),
    Column("scope", TEXT, "account, Region, call and subject of the observations it rests on"),
    Column("valid_from", TIME, "the first observation of the object in this form"),
    Column(
        "valid_to", TIME, "the first later one without it or with another form; NULL while open"
    ),
)


def _table(name: str, meaning: str, *columns: Column) -> Table:
    return Table(name, meaning, (*columns, *_SEEN), covered_by="observations")


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, TEXT) for name in names)


INVENTORY_TABLES = (
    _table(
        "interfaces",
        "elastic network interfaces",
        *_text("interface_id", "vpc_id", "subnet_id", "availability_zone", "availability_zone_id"),
        *_text("interface_type", "description", "instance_id"),
        Column("requester_managed", BOOLEAN),
        Column("source_dest_check", BOOLEAN),
        *_text("status", "private_ip", "public_ip"),
        Column("group_count", INT, "how many groups it carries; NULL where the answer is silent"),
    ),
    _table(
        "interface_addresses",
        "private addresses and prefixes of interfaces",
        *_text("interface_id", "address", "kind"),
        Column("is_primary", BOOLEAN),
        *_text("public_ip"),
    ),
    _table(
        "interface_groups",
        "the security groups that an interface carries",
        *_text("interface_id", "group_id", "group_name"),
    ),
    _table(
        "security_groups",
        "security groups",
        *_text("group_id", "group_name", "vpc_id", "description"),
        Column("ingress_permission_count", INT, "NULL where the answer is silent"),
        Column("egress_permission_count", INT, "NULL where the answer is silent"),
    ),
    _table(
        "security_group_rules",
        "what security groups allow, one row a rule and peer",
        *_text("group_id", "direction", "protocol"),
        Column("from_port", INT, "first port; the ICMP type for ICMP"),
        Column("to_port", INT, "last port; the ICMP code for ICMP"),
        *_text("cidr", "prefix_list_id", "referenced_group_id", "referenced_account_id"),
        *_text("referenced_vpc_id", "vpc_peering_connection_id", "peering_status"),
        *_text("description", "security_group_rule_id"),
    ),
    _table(
        "network_acls",
        "network ACLs",
        *_text("network_acl_id", "vpc_id"),
        Column("is_default", BOOLEAN),
    ),
    _table(
        "network_acl_entries",
        "the numbered rules of network ACLs",
        *_text("network_acl_id"),
        Column("is_egress", BOOLEAN),
        Column("rule_number", INT),
        *_text("rule_action", "protocol", "cidr"),
        Column("from_port", INT),
        Column("to_port", INT),
        Column("icmp_type", INT),
        Column("icmp_code", INT),
    ),
    _table(
        "network_acl_associations",
        "which network ACL guards which subnet",
        *_text("network_acl_id", "subnet_id"),
    ),
    _table(
        "subnets",
        "subnets",
        *_text("subnet_id", "vpc_id", "availability_zone", "availability_zone_id", "cidr"),
        Column("map_public_ip_on_launch", BOOLEAN),
    ),
    _table(
        "subnet_cidrs",
        "every IPv4 and IPv6 block of a subnet",
        *_text("subnet_id", "cidr", "state"),
    ),
    _table(
        "vpcs",
        "VPCs",
        *_text("vpc_id", "cidr"),
        Column("is_default", BOOLEAN),
        *_text("internet_gateway_block_mode", "encryption_control_mode"),
    ),
    _table("vpc_cidrs", "every block of a VPC", *_text("vpc_id", "cidr", "state")),
    _table("route_tables", "route tables", *_text("route_table_id", "vpc_id")),
    _table(
        "route_table_associations",
        "which route table serves which subnet or gateway",
        *_text("route_table_id", "vpc_id", "subnet_id", "gateway_id"),
        Column("is_main", BOOLEAN),
        *_text("state"),
    ),
    _table(
        "routes",
        "routes",
        *_text("route_table_id", "vpc_id", "destination", "destination_prefix_list_id"),
        *_text("target", "state", "origin"),
    ),
    _table(
        "peerings",
        "VPC peering connections",
        *_text("vpc_peering_connection_id", "status"),
        *_text("requester_account_id", "requester_region", "requester_vpc_id"),
        *_text("accepter_account_id", "accepter_region", "accepter_vpc_id"),
    ),
    _table(
        "prefix_lists",
        "managed prefix lists",
        *_text("prefix_list_id", "prefix_list_name", "state"),
        Column("version", LONG),
    ),
    _table(
        "prefix_list_entries",
        "the blocks of a prefix list",
        *_text("prefix_list_id", "cidr", "description"),
    ),
    _table("tags", "tags of everything described", *_text("resource_id", "key", "value")),
)
