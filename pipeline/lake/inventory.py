"""The inventory's tables, derived from the calls that fill them.

A table has the columns that its shapes name, in the order in which they are met; what is not text
says so here, once for every table that has a column of that name.
"""

from pipeline.lake.calls import CALLS
from pipeline.lake.columns import BOOLEAN, INT, LONG, TEXT, TIME, Column, Table

_MEANINGS = {
    "interfaces": "elastic network interfaces",
    "interface_addresses": "private addresses and prefixes of interfaces",
    "interface_groups": "the security groups that an interface carries",
    "security_groups": "security groups",
    "security_group_rules": "what security groups allow, one row a rule and peer",
    "network_acls": "network ACLs",
    "network_acl_entries": "the numbered rules of network ACLs",
    "network_acl_associations": "which network ACL guards which subnet",
    "subnets": "subnets",
    "subnet_cidrs": "every IPv4 and IPv6 block of a subnet",
    "vpcs": "VPCs",
    "vpc_cidrs": "every block of a VPC",
    "route_tables": "route tables",
    "route_table_associations": "which route table serves which subnet or gateway",
    "routes": "routes",
    "peerings": "VPC peering connections",
    "prefix_lists": "managed prefix lists",
    "prefix_list_entries": "the blocks of a prefix list",
    "flow_logs": "flow logs: what they record, in which format, and where they deliver it",
    "tags": "tags of everything described",
}
_NOT_TEXT = {
    "is_default": Column("is_default", BOOLEAN),
    "is_egress": Column("is_egress", BOOLEAN),
    "is_main": Column("is_main", BOOLEAN, "serves every subnet without a table of its own"),
    "is_primary": Column("is_primary", BOOLEAN),
    "map_public_ip_on_launch": Column("map_public_ip_on_launch", BOOLEAN),
    "requester_managed": Column("requester_managed", BOOLEAN),
    "source_dest_check": Column("source_dest_check", BOOLEAN),
    "from_port": Column("from_port", INT, "first port; of a group's rule for ICMP, the type"),
    "to_port": Column("to_port", INT, "last port; of a group's rule for ICMP, the code"),
    "icmp_type": Column("icmp_type", INT),
    "icmp_code": Column("icmp_code", INT),
    "rule_number": Column("rule_number", INT),
    "group_count": Column("group_count", INT, "NULL where the answer is silent"),
    "ingress_permission_count": Column(
        "ingress_permission_count", INT, "NULL where the answer is silent"
    ),
    "egress_permission_count": Column(
        "egress_permission_count", INT, "NULL where the answer is silent"
    ),
    "version": Column("version", LONG),
    "max_aggregation_interval": Column("max_aggregation_interval", INT, "seconds"),
    "hive_compatible_partitions": Column("hive_compatible_partitions", BOOLEAN),
    "per_hour_partition": Column("per_hour_partition", BOOLEAN),
    "creation_time": Column("creation_time", TIME),
}
# What no call loaded so far answers.
_AWAITED = {"security_group_rules": ("security_group_rule_id",)}
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


def _table(name: str, meaning: str) -> Table:
    shapes = [shape for call in CALLS for shape in call.shapes if shape.table == name]
    names = dict.fromkeys(column for shape in shapes for column in shape.values)
    names |= dict.fromkeys(_AWAITED.get(name, ()))
    columns = [_NOT_TEXT.get(column, Column(column, TEXT)) for column in names]
    return Table(name, meaning, (*columns, *_SEEN), covered_by="observations")


INVENTORY_TABLES = tuple(_table(name, meaning) for name, meaning in _MEANINGS.items())
