"""Peering connections as the AWS CLI lists them, to either end."""

from .answers_network import Json, tags
from .ids import aws_id
from .organisation import VPCS, Peering


def peering_json(peering: Peering) -> Json:
    messages = {
        "active": "Active",
        "pending-acceptance": f"Pending Acceptance by {VPCS[peering.accepter].account}",
    }
    made: Json = {
        "AccepterVpcInfo": peering_end(peering, peering.accepter),
        "RequesterVpcInfo": peering_end(peering, peering.requester),
        "Status": {"Code": peering.status, "Message": messages[peering.status]},
        "Tags": tags(peering.name),
        "VpcPeeringConnectionId": aws_id("pcx", peering.name),
    }
    if peering.status != "active":
        made["ExpirationTime"] = "2026-03-06T15:40:00+00:00"
    return made


def peering_end(peering: Peering, name: str) -> Json:
    """CIDRs and options are told only of an active peering, the requester's first CIDR always.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcPeeringConnectionVpcInfo.html
    """
    vpc = VPCS[name]
    made: Json = {"OwnerId": vpc.account, "VpcId": aws_id("vpc", name), "Region": vpc.region}
    if peering.status == "active" or name == peering.requester:
        made["CidrBlock"] = vpc.cidr
    if peering.status == "active":
        made["CidrBlockSet"] = [{"CidrBlock": vpc.cidr}]
        made["PeeringOptions"] = {
            "AllowDnsResolutionFromRemoteVpc": False,
            "AllowEgressFromLocalClassicLinkToRemoteVpc": False,
            "AllowEgressFromLocalVpcToRemoteClassicLink": False,
        }
        if vpc.ipv6:
            made["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": vpc.ipv6}]
    return made
