"""Which events may be behind a change, and which cannot have made it."""

from datetime import UTC, datetime

import botocore.session
import polars as pl
import pytest

from pipeline.lake.inventory import INVENTORY_TABLES
from pipeline.lake.tables import CHANGES, TABLES
from pipeline.snapshots.authors import authors
from pipeline.snapshots.difference import Change
from pipeline.snapshots.operations import ROWS
from pipeline.snapshots.operations.effect import ADDED, LEFT_OUT, REMOVED
from pipeline.snapshots.trail_records import SOURCES
from pipeline.snapshots.trail_records import change as as_row

ACCOUNT, REGION = "111111111111", "eu-west-1"
NOON, LATER = (datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (12, 14))
ID = "0123456789abcdef"
GROUP, PEER, ACL, TABLE = f"sg-{ID}0", f"sg-{ID}1", f"acl-{ID}0", f"rtb-{ID}0"
TGW, PCX, IGW, EIP = f"tgw-{ID}0", f"pcx-{ID}0", f"igw-{ID}0", f"eipalloc-{ID}0"
ENI, INSTANCE, LIST, VPC = f"eni-{ID}0", f"i-{ID}0", f"pl-{ID}0", f"vpc-{ID}0"
SUBNET, ZONE = f"subnet-{ID}0", "Z0AAAAAAAAAAAA"
ATTACHMENT, TGW_TABLE = f"tgw-attach-{ID}0", f"tgw-rtb-{ID}0"
COLUMNS = {table.name: [column.name for column in table.columns] for table in INVENTORY_TABLES}


def event(name, asked, answered=None, source="ec2", number="1"):
    """Return a row of the table `changes`."""
    told = {
        "eventID": number,
        "eventTime": "2026-03-01T13:00:00Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "recipientAccountId": ACCOUNT,
        "requestParameters": asked,
        "responseElements": answered,
    }
    return as_row(told) | {"file": "x", "run_id": "x"}


def behind(table, before, after, *events, rule_ids=()):
    """Return the names of the events behind a change, and whether they surely are."""
    place = {"account_id": ACCOUNT, "region": REGION}
    rows = [
        None if row is None else dict.fromkeys(COLUMNS[table]) | place | row
        for row in (before, after)
    ]
    known = pl.DataFrame(list(rule_ids), schema=TABLES["security_group_rule_ids"].schema())
    happened = pl.DataFrame(list(events), schema=CHANGES.schema())
    (author,) = authors([Change(table, *rows, NOON, LATER)], happened, known)
    return [one["event_name"] for one in author.events], author.is_sure


def rule(cidr="10.1.0.0/16", port=5432, direction="ingress", protocol="tcp", **more):
    told = {"group_id": GROUP, "direction": direction, "protocol": protocol, "cidr": cidr}
    return told | {"from_port": port, "to_port": port} | more


def permission(cidr="10.1.0.0/16", port=5432, protocol="tcp"):
    told = {"ipProtocol": protocol, "fromPort": port, "toPort": port, "groups": {}}
    return told | {"ipRanges": {"items": [{"cidrIp": cidr}]}, "ipv6Ranges": {}}


def asked(*permissions):
    return {"groupId": GROUP, "ipPermissions": {"items": list(permissions)}}


AUTHORIZE, REVOKE = "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"
ENTRY = {
    "network_acl_id": ACL,
    "is_egress": False,
    "rule_number": 100,
    "rule_action": "allow",
    "protocol": "6",
    "cidr": "10.0.0.0/8",
    "from_port": 22,
    "to_port": 22,
}
DENIED = ENTRY | {"rule_action": "deny"}


def entry(action="deny", number=100, egress=False):
    told = {"networkAclId": ACL, "ruleNumber": number, "egress": egress, "ruleAction": action}
    ports = {"portRange": {"from": 22, "to": 22}}
    return told | {"aclProtocol": "6", "cidrBlock": "10.0.0.0/8"} | ports


ROUTE = {"route_table_id": TABLE, "destination": "10.2.0.0/16", "target": TGW, "state": "active"}
TO_PCX = ROUTE | {"target": PCX}


def route(destination="10.2.0.0/16", **target):
    return {"routeTableId": TABLE, "destinationCidrBlock": destination} | target


def peering(status, dns=None):
    options = dict.fromkeys((f"{side}_allow_dns_resolution_from_remote_vpc" for side in SIDES), dns)
    return {"vpc_peering_connection_id": PCX, "status": status} | options


def described(description, cidr="10.1.0.0/16"):
    told = permission() | {"ipRanges": {"items": [{"cidrIp": cidr, "description": description}]}}
    return event("UpdateSecurityGroupRuleDescriptionsIngress", asked(told))


SIDES = ("requester", "accepter")
STATES = {state: {"instance_id": INSTANCE, "state": state} for state in ("running", "stopped")}
NAMED = {"instancesSet": {"items": [{"instanceId": INSTANCE}]}}
GROUP_SET = {"networkInterfaceId": ENI, "groupSet": {"items": [{"groupId": GROUP}]}}
RECORD = {"hosted_zone_id": ZONE, "name": "db.shop.internal.", "type": "A", "ttl": 60}
OLD, NEW = RECORD | {"value": "10.1.1.1"}, RECORD | {"value": "10.9.9.9"}


def changed_record(action, value, name="db.shop.internal"):
    told = {"name": name, "type": "A", "tTL": 60, "resourceRecords": [{"value": value}]}
    batch = {"changes": [{"action": action, "resourceRecordSet": told}]}
    return event(
        "ChangeResourceRecordSets", {"hostedZoneId": ZONE, "changeBatch": batch}, source="route53"
    )


def created_tag(key, value="x", one=INSTANCE):
    told = {"items": [{"resourceId": one}, {"resourceId": PEER}]}
    return event(
        "CreateTags", {"resourcesSet": told, "tagSet": {"items": [{"key": key, "value": value}]}}
    )


TAG = {"resource_id": INSTANCE, "key": "Team", "value": "x"}
MODIFIED_LIST = {
    "ModifyManagedPrefixListRequest": {
        "PrefixListId": LIST,
        "CurrentVersion": 1,
        "AddEntry": {"Cidr": "10.1.0.0/16", "tag": 1},
        "RemoveEntry": [{"Cidr": "10.2.0.0/16", "tag": 1}, {"Cidr": "10.3.0.0/16", "tag": 2}],
    }
}


def listed(cidr):
    return {"prefix_list_id": LIST, "cidr": cidr}


CANNOT_HAVE = {
    "another port and block": (
        "security_group_rules",
        None,
        rule(),
        event(AUTHORIZE, asked(permission("0.0.0.0/0", 443))),
    ),
    "another block": (
        "security_group_rules",
        None,
        rule(),
        event(AUTHORIZE, asked(permission("10.3.0.0/16"))),
    ),
    "another port": (
        "security_group_rules",
        None,
        rule(),
        event(AUTHORIZE, asked(permission(port=5433))),
    ),
    "another protocol": (
        "security_group_rules",
        None,
        rule(),
        event(AUTHORIZE, asked(permission(protocol="udp"))),
    ),
    "the other direction": (
        "security_group_rules",
        None,
        rule(),
        event("AuthorizeSecurityGroupEgress", asked(permission())),
    ),
    "another description": (
        "security_group_rules",
        rule(description="old"),
        rule(description="new"),
        described("other"),
    ),
    "a description of another rule": (
        "security_group_rules",
        rule(description="old"),
        rule(description="new"),
        described("new", "10.2.0.0/16"),
    ),
    "another rule removed": (
        "security_group_rules",
        rule(),
        None,
        event(REVOKE, asked(permission("192.168.0.0/16", 22))),
    ),
    "a rule of another group, that names this one": (
        "security_group_rules",
        None,
        rule(None, referenced_group_id=GROUP),
        event(
            AUTHORIZE,
            {
                "groupId": PEER,
                "ipPermissions": {
                    "items": [
                        permission() | {"ipRanges": {}, "groups": {"items": [{"groupId": GROUP}]}}
                    ]
                },
            },
        ),
    ),
    "a count that follows": (
        "security_groups",
        {"group_id": GROUP, "ingress_permission_count": 0},
        {"group_id": GROUP, "ingress_permission_count": 1},
        event(AUTHORIZE, asked(permission("0.0.0.0/0", 443))),
    ),
    "another entry of the ACL": (
        "network_acl_entries",
        ENTRY,
        DENIED,
        event("CreateNetworkAclEntry", entry("allow", 200, True)),
    ),
    "an entry of that number, otherwise": (
        "network_acl_entries",
        ENTRY,
        DENIED,
        event("ReplaceNetworkAclEntry", entry("allow")),
    ),
    "tags alone": ("instances", STATES["running"], STATES["stopped"], created_tag("Team")),
    "a start, where it stopped": (
        "instances",
        STATES["running"],
        STATES["stopped"],
        event("StartInstances", NAMED),
    ),
    "options, where it was deleted": (
        "peerings",
        peering("active", True),
        peering("deleted"),
        event("ModifyVpcPeeringConnectionOptions", {"vpcPeeringConnectionId": PCX}),
    ),
    "the groups, where it was detached": (
        "interfaces",
        {"interface_id": ENI, "status": "in-use"},
        {"interface_id": ENI, "status": "available"},
        event("ModifyNetworkInterfaceAttribute", GROUP_SET),
    ),
    "a route to elsewhere": (
        "routes",
        None,
        ROUTE,
        event("CreateRoute", route("10.77.0.0/16", transitGatewayId=TGW)),
    ),
    "a route over another": (
        "routes",
        None,
        ROUTE,
        event("CreateRoute", route(vpcPeeringConnectionId=PCX)),
    ),
    "another tag": ("tags", None, TAG, created_tag("Owner")),
    "a tag of that key, otherwise": ("tags", None, TAG, created_tag("Team", "y")),
    "another subnet of the VPC": (
        "subnets",
        None,
        {"subnet_id": SUBNET, "vpc_id": VPC},
        event("CreateSubnet", {"vpcId": VPC}, {"subnet": {"subnetId": f"subnet-{ID}1"}}),
    ),
    "another attribute": (
        "vpc_attributes",
        {"vpc_id": VPC, "attribute": "enableDnsHostnames", "is_on": True},
        {"vpc_id": VPC, "attribute": "enableDnsHostnames", "is_on": False},
        event("ModifyVpcAttribute", {"vpcId": VPC, "enableDnsSupport": {"value": False}}),
    ),
    "a group that it keeps": (
        "interface_groups",
        {"interface_id": ENI, "group_id": GROUP},
        None,
        event("ModifyNetworkInterfaceAttribute", GROUP_SET),
    ),
    "no groups": (
        "interface_groups",
        {"interface_id": ENI, "group_id": PEER},
        None,
        event(
            "ModifyNetworkInterfaceAttribute",
            {"networkInterfaceId": ENI, "sourceDestCheck": {"value": False}},
        ),
    ),
    "another record": (
        "hosted_zone_records",
        None,
        NEW,
        changed_record("CREATE", "10.9.9.9", "web.shop.internal"),
    ),
    "a record with another value": (
        "hosted_zone_records",
        None,
        NEW,
        changed_record("UPSERT", "10.9.9.8"),
    ),
    "a record that it keeps": (
        "hosted_zone_records",
        OLD,
        None,
        changed_record("UPSERT", "10.1.1.1"),
    ),
    "a block taken from the list": (
        "prefix_list_entries",
        None,
        listed("10.2.0.0/16"),
        event("ModifyManagedPrefixList", MODIFIED_LIST),
    ),
    "an association that goes on": (
        "addresses",
        {"public_ip": "192.0.2.1", "allocation_id": EIP, "association_id": f"eipassoc-{ID}0"},
        {"public_ip": "192.0.2.1", "allocation_id": EIP, "association_id": f"eipassoc-{ID}1"},
        event("DisassociateAddress", {"associationId": f"eipassoc-{ID}0"}),
    ),
    "a table of which nothing is declared": (
        "stale_security_group_rules",
        None,
        {"group_id": GROUP},
        event(AUTHORIZE, asked(permission())),
    ),
}


@pytest.mark.parametrize("name", CANNOT_HAVE)
def test_an_event_that_cannot_have_made_a_change_is_not_named(name) -> None:
    assert behind(*CANNOT_HAVE[name]) == ([], False)


SURELY = {
    "a rule": (
        "security_group_rules",
        None,
        rule(),
        event(AUTHORIZE, asked(permission("10.9.0.0/16"), permission())),
    ),
    "a rule, its block with host bits and its protocol by number": (
        "security_group_rules",
        None,
        rule(),
        event(AUTHORIZE, asked(permission("10.1.2.3/16", protocol="6"))),
    ),
    "a rule for everything": (
        "security_group_rules",
        rule(port=None, protocol="-1"),
        None,
        event(REVOKE, asked(permission(port=-1, protocol="-1"))),
    ),
    "a rule for all of ICMP": (
        "security_group_rules",
        rule(port=-1, protocol="icmp"),
        None,
        event(REVOKE, asked(permission(port=-1, protocol="icmp"))),
    ),
    "a rule that names a group": (
        "security_group_rules",
        None,
        rule(None, referenced_group_id=PEER),
        event(
            AUTHORIZE,
            asked(permission() | {"ipRanges": {}, "groups": {"items": [{"groupId": PEER}]}}),
        ),
    ),
    "a rule, asked for in the old way": (
        "security_group_rules",
        None,
        rule(),
        event(
            AUTHORIZE,
            {
                "groupId": GROUP,
                "ipProtocol": "tcp",
                "fromPort": 5432,
                "toPort": 5432,
                "cidrIp": "10.1.0.0/16",
            },
        ),
    ),
    "a rule's description": (
        "security_group_rules",
        rule(description="old"),
        rule(description="new"),
        described("new"),
    ),
    "an entry of an ACL": (
        "network_acl_entries",
        None,
        ENTRY,
        event("CreateNetworkAclEntry", entry("allow")),
    ),
    "an entry that became another": (
        "network_acl_entries",
        ENTRY,
        DENIED,
        event("ReplaceNetworkAclEntry", entry()),
    ),
    "an entry that went": (
        "network_acl_entries",
        ENTRY,
        None,
        event("DeleteNetworkAclEntry", {"networkAclId": ACL, "ruleNumber": 100, "egress": False}),
    ),
    "a route": ("routes", None, ROUTE, event("CreateRoute", route(transitGatewayId=TGW))),
    "a route that leads elsewhere": (
        "routes",
        ROUTE,
        TO_PCX,
        event("ReplaceRoute", route(vpcPeeringConnectionId=PCX)),
    ),
    "a route that went": ("routes", ROUTE, None, event("DeleteRoute", route())),
    "a route of a transit gateway": (
        "transit_gateway_routes",
        None,
        {
            "transit_gateway_route_table_id": TGW_TABLE,
            "destination": "10.2.0.0/16",
            "transit_gateway_attachment_id": ATTACHMENT,
        },
        event(
            "CreateTransitGatewayRoute",
            {
                "CreateTransitGatewayRouteRequest": {
                    "TransitGatewayRouteTableId": TGW_TABLE,
                    "DestinationCidrBlock": "10.2.0.0/16",
                    "TransitGatewayAttachmentId": ATTACHMENT,
                }
            },
        ),
    ),
    "an instance that stopped": (
        "instances",
        STATES["running"],
        STATES["stopped"],
        event("StopInstances", NAMED),
    ),
    "a peering that was deleted": (
        "peerings",
        peering("active", True),
        peering("deleted"),
        event("DeleteVpcPeeringConnection", {"vpcPeeringConnectionId": PCX}),
    ),
    "a peering's option": (
        "peerings",
        peering("active", False),
        peering("active", False) | {"accepter_allow_dns_resolution_from_remote_vpc": True},
        event(
            "ModifyVpcPeeringConnectionOptions",
            {
                "ModifyVpcPeeringConnectionOptionsRequest": {
                    "VpcPeeringConnectionId": PCX,
                    "AccepterPeeringConnectionOptions": {"AllowDnsResolutionFromRemoteVpc": True},
                }
            },
        ),
    ),
    "an interface that was made": (
        "interfaces",
        None,
        {"interface_id": ENI},
        event("CreateNetworkInterface", {}, {"networkInterface": {"networkInterfaceId": ENI}}),
    ),
    "the check of an interface": (
        "interfaces",
        {"interface_id": ENI, "source_dest_check": True},
        {"interface_id": ENI, "source_dest_check": False},
        event(
            "ModifyNetworkInterfaceAttribute",
            {"networkInterfaceId": ENI, "sourceDestCheck": {"value": False}},
        ),
    ),
    "a group of an interface": (
        "interface_groups",
        None,
        {"interface_id": ENI, "group_id": GROUP},
        event("ModifyNetworkInterfaceAttribute", GROUP_SET),
    ),
    "a group that an interface has no more": (
        "interface_groups",
        {"interface_id": ENI, "group_id": PEER},
        None,
        event("ModifyNetworkInterfaceAttribute", GROUP_SET),
    ),
    "an attribute": (
        "vpc_attributes",
        {"vpc_id": VPC, "attribute": "enableDnsHostnames", "is_on": True},
        {"vpc_id": VPC, "attribute": "enableDnsHostnames", "is_on": False},
        event("ModifyVpcAttribute", {"vpcId": VPC, "enableDnsHostnames": {"value": False}}),
    ),
    "a record": ("hosted_zone_records", None, NEW, changed_record("UPSERT", "10.9.9.9")),
    "a record that went for another": (
        "hosted_zone_records",
        OLD,
        None,
        changed_record("UPSERT", "10.9.9.9"),
    ),
    "a record that was deleted": (
        "hosted_zone_records",
        OLD,
        None,
        changed_record("DELETE", "10.1.1.1"),
    ),
    "a block of a list": (
        "prefix_list_entries",
        None,
        listed("10.1.0.0/16"),
        event("ModifyManagedPrefixList", MODIFIED_LIST),
    ),
    "a block that went": (
        "prefix_list_entries",
        listed("10.2.0.0/16"),
        None,
        event("ModifyManagedPrefixList", MODIFIED_LIST),
    ),
    "a tag": ("tags", None, TAG, created_tag("Team")),
    "a gateway that was detached": (
        "internet_gateways",
        {"internet_gateway_id": IGW, "vpc_id": VPC, "state": "available"},
        {"internet_gateway_id": IGW},
        event("DetachInternetGateway", {"internetGatewayId": IGW, "vpcId": VPC}),
    ),
    "an address that was disassociated": (
        "addresses",
        {"public_ip": "192.0.2.1", "allocation_id": EIP, "association_id": f"eipassoc-{ID}0"},
        {"public_ip": "192.0.2.1", "allocation_id": EIP},
        event("DisassociateAddress", {"associationId": f"eipassoc-{ID}0"}),
    ),
    "Block Public Access": (
        "block_public_access",
        {"internet_gateway_block_mode": "off"},
        {"internet_gateway_block_mode": "block-bidirectional"},
        event(
            "ModifyVpcBlockPublicAccessOptions",
            {
                "ModifyVpcBlockPublicAccessOptionsRequest": {
                    "InternetGatewayBlockMode": "block-bidirectional"
                }
            },
        ),
    ),
    "a target": (
        "targets",
        None,
        {"target_group_arn": "arn:aws:x", "target_id": "10.1.1.1", "port": 80},
        event(
            "RegisterTargets",
            {"targetGroupArn": "arn:aws:x", "targets": [{"id": "10.1.1.1", "port": 80}]},
            source="elasticloadbalancing",
        ),
    ),
}


@pytest.mark.parametrize("name", SURELY)
def test_an_event_that_names_all_of_a_row_is_surely_behind_it(name) -> None:
    happened = SURELY[name][-1]
    assert behind(*SURELY[name]) == ([happened["event_name"]], True)


LIKELY = {
    "a route whose target is gone": (
        "routes",
        TO_PCX,
        TO_PCX | {"state": "blackhole"},
        event("DeleteVpcPeeringConnection", {"vpcPeeringConnectionId": PCX}),
    ),
    "an ACL of a subnet": (
        "network_acl_associations",
        {"subnet_id": SUBNET, "network_acl_id": f"acl-{ID}1"},
        {"subnet_id": SUBNET, "network_acl_id": ACL},
        event("ReplaceNetworkAclAssociation", {"associationId": "aclassoc-1", "networkAclId": ACL}),
    ),
    "a rule that went with its group": (
        "security_group_rules",
        rule(),
        None,
        event("DeleteSecurityGroup", {"groupId": GROUP}),
    ),
    "all tags": (
        "tags",
        TAG,
        None,
        event("DeleteTags", {"resourcesSet": {"items": [{"resourceId": INSTANCE}]}}),
    ),
}


@pytest.mark.parametrize("name", LIKELY)
def test_an_event_that_names_less_is_likely_behind_it(name) -> None:
    happened = LIKELY[name][-1]
    assert behind(*LIKELY[name]) == ([happened["event_name"]], False)


def rule_id(own, **more):
    told = dict.fromkeys(COLUMNS["security_group_rule_ids"]) | rule(**more)
    del told["direction"]
    return told | {"security_group_rule_id": own, "is_egress": False}


def test_a_rule_that_was_modified_is_known_by_its_id() -> None:
    mine, other = f"sgr-{ID}0", f"sgr-{ID}1"
    became = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "10.1.0.0/16"}

    def modified(own):
        told = {"SecurityGroupRuleId": own, "SecurityGroupRule": became, "tag": 1}
        asked = {"GroupId": GROUP, "SecurityGroupRule": told}
        return event("ModifySecurityGroupRules", {"ModifySecurityGroupRulesRequest": asked})

    ids = [rule_id(mine), rule_id(mine, port=443), rule_id(other, port=22)]
    table = "security_group_rules"
    surely = (["ModifySecurityGroupRules"], True)
    assert behind(table, rule(), None, modified(mine), rule_ids=ids) == surely
    assert behind(table, None, rule(port=443), modified(mine), rule_ids=ids) == surely
    assert behind(table, rule(), None, modified(other), rule_ids=ids) == ([], False)
    assert behind(table, rule(), None, modified(mine)) == (["ModifySecurityGroupRules"], False)


def test_the_event_that_names_the_rule_goes_before_that_which_deletes_its_group() -> None:
    deleted = event("DeleteSecurityGroup", {"groupId": GROUP}, number="2")
    happened = event(REVOKE, asked(permission())), deleted
    assert behind("security_group_rules", rule(), None, *happened) == ([REVOKE], True)


def test_a_request_deeper_than_any_says_nothing() -> None:
    deep = {"groupId": GROUP}
    for _ in range(300):
        deep = {"a": deep}
    happened = event(REVOKE, deep)
    assert behind("security_group_rules", rule(), None, happened) == ([REVOKE], False)


def test_what_is_declared_of_operations_is_of_tables_and_operations_that_are() -> None:
    session = botocore.session.get_session()
    models = [
        session.get_service_model(name)
        for name in session.get_available_services()
        if name in ("ec2", "elbv2", "network-firewall", "route53", "route53resolver")
    ]
    assert len(models) == len(SOURCES)
    operations = {name for model in models for name in model.operation_names}
    # Of the rows of these tables the view has other columns.
    seen_as = {
        "security_group_rules": {"security_group_rule_id"},
        "security_group_rule_ids": {"direction"},
        "vpc_attributes": {"enableDnsSupport", "enableDnsHostnames"},
    }
    for table, rows in ROWS.items():
        used = {*rows.known_by.split(), *rows.holds.split()}
        for effect in rows.effects:
            assert {one.partition(":")[0] for one in effect.operations.split()} <= operations
            used |= {*effect.by.split(), *effect.of.split()}
            if effect.does not in (ADDED, REMOVED, LEFT_OUT):
                used |= {one.partition("=")[0] for one in effect.does.split()}
        assert used <= {*COLUMNS[table], *seen_as.get(table, ())}, table


def at(minute, one):
    return one | {"event_time": NOON.replace(hour=13, minute=minute)}


def test_what_was_undone_is_not_behind_it() -> None:
    revoked = at(0, event(REVOKE, asked(permission())))
    again = at(20, event(AUTHORIZE, asked(permission()), number="2"))
    by_id = {"groupId": GROUP, "securityGroupRuleIds": {"items": [f"sgr-{ID}0"]}}
    last = at(40, event(REVOKE, by_id, number="3"))
    assert behind("security_group_rules", rule(), None, revoked) == ([REVOKE], True)
    assert behind("security_group_rules", rule(), None, revoked, again) == ([], False)
    assert behind("security_group_rules", rule(), None, revoked, again, last) == ([REVOKE], False)


def test_a_state_that_was_changed_back_has_no_author() -> None:
    states = ({"instance_id": INSTANCE, "state": state} for state in ("running", "stopped"))
    named = {"instancesSet": {"items": [{"instanceId": INSTANCE}]}}
    stopped = at(0, event("StopInstances", named))
    started = at(20, event("StartInstances", named, number="2"))
    before, after = states
    assert behind("instances", before, after, stopped) == (["StopInstances"], True)
    assert behind("instances", before, after, stopped, started) == ([], False)


def test_tags_are_told_apart_by_case() -> None:
    named = {"resourcesSet": {"items": [{"resourceId": INSTANCE}]}}
    tagged = event("CreateTags", named | {"tagSet": {"items": [{"key": "team", "value": "X"}]}})
    tag = {"resource_id": INSTANCE, "key": "team", "value": "X"}
    assert behind("tags", None, tag, tagged) == (["CreateTags"], True)
    assert behind("tags", None, tag | {"key": "Team"}, tagged) == ([], False)
    assert behind("tags", None, tag | {"value": "x"}, tagged) == ([], False)
