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
    "instances": "instances",
    "addresses": "Elastic IP addresses",
    "security_groups": "security groups",
    "security_group_rules": "what security groups allow, one row a rule and peer",
    "security_group_rule_ids": "the ids of group rules, where they were asked for",
    "security_group_vpcs": "further VPCs that a group is associated with",
    "stale_security_group_rules": "group rules whose referenced group or peering is gone",
    "network_acls": "network ACLs",
    "network_acl_entries": "the numbered rules of network ACLs",
    "network_acl_associations": "which network ACL guards which subnet",
    "prefix_lists": "managed prefix lists",
    "prefix_list_entries": "the blocks of a prefix list",
    "block_public_access": "VPC Block Public Access of an account and Region",
    "block_public_access_exclusions": "VPCs and subnets that Block Public Access leaves out",
    "network_firewalls": "network firewalls",
    "network_firewall_endpoints": "the endpoints of network firewalls, and the VPC they are in",
    "subnets": "subnets",
    "subnet_cidrs": "every IPv4 and IPv6 block of a subnet",
    "vpcs": "VPCs",
    "vpc_cidrs": "every block of a VPC",
    "vpc_attributes": "enableDnsSupport and enableDnsHostnames of VPCs",
    "route_tables": "route tables",
    "route_table_associations": "which route table serves which subnet or gateway",
    "routes": "routes",
    "peerings": "VPC peering connections",
    "peering_cidrs": "the blocks of either side of a peering connection, while it is active",
    "transit_gateways": "transit gateways",
    "transit_gateway_attachments": "attachments to transit gateways, with their association",
    "transit_gateway_vpc_attachments": "attachments of VPCs, with their options",
    "transit_gateway_attachment_subnets": "the subnets that an attachment of a VPC serves from",
    "transit_gateway_peering_attachments": "peerings between transit gateways",
    "transit_gateway_route_tables": "route tables of transit gateways",
    "transit_gateway_associations": "which attachment is looked up in which table",
    "transit_gateway_propagations": "which attachment makes its blocks known in which table",
    "transit_gateway_routes": "routes of transit gateways, one row a route and attachment",
    "internet_gateways": "internet gateways",
    "egress_only_gateways": "egress-only internet gateways",
    "nat_gateways": "NAT gateways",
    "nat_gateway_addresses": "addresses and interfaces of NAT gateways",
    "vpn_gateways": "virtual private gateways",
    "vpc_endpoints": "VPC endpoints",
    "vpc_endpoint_interfaces": "the interfaces of interface endpoints",
    "vpc_endpoint_route_tables": "the route tables that lead to gateway endpoints",
    "vpc_endpoint_names": "the names under which endpoints are found",
    "load_balancers": "load balancers",
    "load_balancer_subnets": "the subnets and zones of load balancers",
    "load_balancer_listeners": "listeners, one row an action",
    "target_groups": "target groups",
    "targets": "the targets of target groups, with their health",
    "dhcp_options": "DHCP options, one row a value",
    "hosted_zones": "hosted zones of Route 53",
    "hosted_zone_vpcs": "the VPCs that a private hosted zone is associated with",
    "hosted_zone_records": "records of private hosted zones that were asked for, one row a value",
    "resolver_rules": "rules of the Route 53 Resolver, one row a target",
    "resolver_rule_vpcs": "the VPCs that a resolver rule is associated with",
    "resolver_endpoints": "endpoints of the Route 53 Resolver",
    "resolver_endpoint_groups": "the security groups of resolver endpoints",
    "resolver_endpoint_addresses": "the addresses of resolver endpoints",
    "flow_logs": "flow logs: what they record, in which format, and where they deliver it",
    "tags": "tags of everything described",
}
_SILENT = "NULL where the answer is silent"
_NOT_TEXT = {
    column.name: column
    for column in (
        Column("deny_all_igw_traffic", BOOLEAN),
        Column("hive_compatible_partitions", BOOLEAN),
        Column("is_default", BOOLEAN),
        Column("is_default_association", BOOLEAN),
        Column("is_default_propagation", BOOLEAN),
        Column("is_egress", BOOLEAN),
        Column("is_main", BOOLEAN, "serves every subnet without a table of its own"),
        Column("is_on", BOOLEAN),
        Column("is_primary", BOOLEAN),
        Column("map_public_ip_on_launch", BOOLEAN),
        Column("per_hour_partition", BOOLEAN),
        Column("private_dns_enabled", BOOLEAN),
        Column("private_zone", BOOLEAN),
        Column(
            "requester_allow_dns_resolution_from_remote_vpc",
            BOOLEAN,
            "names of the requester's VPC resolve to private addresses from the other",
        ),
        Column(
            "accepter_allow_dns_resolution_from_remote_vpc",
            BOOLEAN,
            "names of the accepter's VPC resolve to private addresses from the other",
        ),
        Column("requester_managed", BOOLEAN),
        Column("source_dest_check", BOOLEAN),
        Column("from_port", INT, "first port; of a group's rule for ICMP, the type"),
        Column("to_port", INT, "last port; of a group's rule for ICMP, the code"),
        Column("icmp_type", INT),
        Column("icmp_code", INT),
        Column("port", INT),
        Column("target_port", INT),
        Column("rule_number", INT),
        Column("group_count", INT, _SILENT),
        Column("ingress_permission_count", INT, _SILENT),
        Column("egress_permission_count", INT, _SILENT),
        Column("max_aggregation_interval", INT, "seconds"),
        Column("max_entries", INT),
        Column("tcp_established_timeout", INT, "seconds; NULL where AWS's default holds"),
        Column("udp_timeout", INT, "seconds, likewise"),
        Column("udp_stream_timeout", INT, "seconds, likewise"),
        Column("resource_record_set_count", LONG),
        Column("ttl", LONG, "seconds"),
        Column("version", LONG),
        Column("creation_time", TIME),
        Column("expiration_time", TIME, "of a request that nobody accepts"),
        Column("launch_time", TIME),
    )
}
# What makes a row the same object in another form, besides its account and Region. Rows of other
# tables are as they are, or are not there.
KEYS = {
    "interfaces": ("interface_id",),
    "instances": ("instance_id",),
    "addresses": ("public_ip",),
    "security_groups": ("group_id",),
    "security_group_rule_ids": ("security_group_rule_id",),
    "security_group_vpcs": ("group_id", "vpc_id"),
    "network_acls": ("network_acl_id",),
    "network_acl_entries": ("network_acl_id", "is_egress", "rule_number"),
    "network_acl_associations": ("subnet_id",),
    "prefix_lists": ("prefix_list_id",),
    "block_public_access": (),
    "block_public_access_exclusions": ("exclusion_id",),
    "network_firewall_endpoints": ("vpc_endpoint_id",),
    "subnets": ("subnet_id",),
    "subnet_cidrs": ("subnet_id", "cidr"),
    "vpcs": ("vpc_id",),
    "vpc_cidrs": ("vpc_id", "cidr"),
    "vpc_attributes": ("vpc_id", "attribute"),
    "route_table_associations": ("vpc_id", "subnet_id", "gateway_id"),
    "routes": ("route_table_id", "destination", "destination_prefix_list_id"),
    "peerings": ("vpc_peering_connection_id",),
    "transit_gateways": ("transit_gateway_id",),
    "transit_gateway_attachments": ("transit_gateway_attachment_id",),
    "transit_gateway_vpc_attachments": ("transit_gateway_attachment_id",),
    "transit_gateway_peering_attachments": ("transit_gateway_attachment_id",),
    "transit_gateway_route_tables": ("transit_gateway_route_table_id",),
    "transit_gateway_associations": (
        "transit_gateway_route_table_id",
        "transit_gateway_attachment_id",
    ),
    "transit_gateway_propagations": (
        "transit_gateway_route_table_id",
        "transit_gateway_attachment_id",
    ),
    "transit_gateway_routes": (
        "transit_gateway_route_table_id",
        "destination",
        "prefix_list_id",
        "transit_gateway_attachment_id",
    ),
    "internet_gateways": ("internet_gateway_id",),
    "egress_only_gateways": ("egress_only_gateway_id",),
    "nat_gateways": ("nat_gateway_id",),
    "nat_gateway_addresses": ("nat_gateway_id", "interface_id"),
    "vpn_gateways": ("vpn_gateway_id", "vpc_id"),
    "vpc_endpoints": ("vpc_endpoint_id",),
    "load_balancers": ("load_balancer_arn",),
    "load_balancer_listeners": ("listener_arn", "target_group_arn"),
    "target_groups": ("target_group_arn",),
    "targets": ("target_group_arn", "target_id", "port"),
    "hosted_zones": ("hosted_zone_id",),
    "resolver_rule_vpcs": ("resolver_rule_association_id",),
    "resolver_endpoints": ("resolver_endpoint_id",),
    "flow_logs": ("flow_log_id",),
    "tags": ("resource_id", "key"),
}
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
    columns = [_NOT_TEXT.get(column, Column(column, TEXT)) for column in names]
    return Table(name, meaning, (*columns, *_SEEN), covered_by="observations")


INVENTORY_TABLES = tuple(_table(name, meaning) for name, meaning in _MEANINGS.items())
