"""Network ACLs as the AWS CLI lists them: the default one of a VPC, and the custom ones."""

from .answers_network import Json, tags
from .ids import aws_id
from .organisation import SUBNETS, acl_of, vpc_of
from .rules import ACLS, ANY, Entry


def acl_json(acl: str) -> Json:
    vpc = vpc_of(acl)
    families = (4, 6) if vpc.ipv6 else (4,)
    entries = [entry_json(entry) for entry in ACLS.get(acl, [])]
    if acl not in ACLS:
        entries = [everything(out, "allow", family) for family in families for out in (True, False)]
    entries += [everything(out, "deny", family) for family in families for out in (True, False)]
    return {
        "Associations": [
            {
                "NetworkAclAssociationId": aws_id("aclassoc", subnet.name),
                "NetworkAclId": aws_id("acl", acl),
                "SubnetId": aws_id("subnet", subnet.name),
            }
            for subnet in SUBNETS.values()
            if acl_of(subnet) == acl
        ],
        "Entries": sorted(entries, key=lambda entry: (not entry["Egress"], entry["RuleNumber"])),
        "IsDefault": acl not in ACLS,
        "NetworkAclId": aws_id("acl", acl),
        "Tags": tags(acl),
        "VpcId": aws_id("vpc", vpc.name),
        "OwnerId": vpc.account,
    }


def everything(egress: bool, action: str, family: int) -> Json:
    """The rule for all traffic of a family: 100 and 101 allow by default, `*` always denies.

    https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
    """
    number = (100 if action == "allow" else 32767) + (family == 6)
    cidr = {"Ipv6CidrBlock": "::/0"} if family == 6 else {"CidrBlock": ANY}
    return cidr | {
        "Egress": egress,
        "Protocol": "-1",
        "RuleAction": action,
        "RuleNumber": number,
    }


def entry_json(entry: Entry) -> Json:
    made: Json = {
        "CidrBlock": entry.cidr,
        "Egress": entry.egress,
        "Protocol": entry.protocol,
        "RuleAction": entry.action,
        "RuleNumber": entry.number,
    }
    if entry.ports:
        made["PortRange"] = {"From": entry.ports[0], "To": entry.ports[1]}
    if entry.protocol == "1":
        made["IcmpTypeCode"] = {"Type": -1, "Code": -1}
    return made
