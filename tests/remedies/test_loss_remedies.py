"""What would bring a lost packet to its end: on the element that blocks, in words and commands."""

import re
import shlex

import pytest

from pipeline.remedies.losses import loss_remedy, remedy_of_loss
from pipeline.remedies.remedy import Known

LOST = {"peer_ip": "10.1.0.5", "vpc_id": "vpc-a", "subnet_id": "subnet-a"}
TABLE = {"element_type": "route-table", "element_id": "rtb-1", "rule": None}
PEERING = {"element_type": "peering", "element_id": "pcx-1", "rule": "active"}
ATTACHED = {"element_type": "transit-gateway-attachment", "element_id": "tgw-attach-1"}
GATEWAY_TABLE = {"element_type": "transit-gateway-route-table", "element_id": "tgw-rtb-1"}


def told(cause: str, hop: dict, *targets: str, region: str | None = None, **more):
    known = Known(targets=targets, region=region)
    return loss_remedy(LOST | {"cause": cause} | more, {"rule": None} | hop, known)


def command(proposed) -> list[str]:
    words = shlex.split(proposed.aws_cli.replace("\\\n", ""))
    assert words[:2] == ["aws", "ec2"]
    return words[2:]


def resource(proposed) -> tuple[str, dict[str, str]]:
    found = re.fullmatch(r'resource "(\S+)" "\w+" \{\n(.*)\n\}', proposed.terraform, re.DOTALL)
    lines = found[2].split("\n")
    return found[1], dict(re.split(r" += ", line.strip()) for line in lines)


@pytest.mark.parametrize(
    ("target", "option", "argument"),
    [
        ("pcx-1", "--vpc-peering-connection-id", "vpc_peering_connection_id"),
        ("tgw-1", "--transit-gateway-id", "transit_gateway_id"),
        ("nat-1", "--nat-gateway-id", "nat_gateway_id"),
        ("igw-1", "--gateway-id", "gateway_id"),
        ("vgw-1", "--gateway-id", "gateway_id"),
    ],
)
def test_a_route_that_is_missing_is_added_to_the_table_that_lacks_it(
    target, option, argument
) -> None:
    proposed = told("route_missing", TABLE, target)
    more = " Whether its own tables lead on is not looked at." if target == "tgw-1" else ""
    assert proposed.text == (
        f"Add a route to 10.1.0.5/32, or to a block around it, to rtb-1, by way of {target}.{more}"
    )
    assert command(proposed) == [
        "create-route",
        "--route-table-id",
        "rtb-1",
        "--destination-cidr-block",
        "10.1.0.5/32",
        option,
        target,
    ]
    assert resource(proposed) == (
        "aws_route",
        {
            "route_table_id": '"rtb-1"',
            "destination_cidr_block": '"10.1.0.5/32"',
            argument: f'"{target}"',
        },
    )


def test_a_route_of_ipv6_is_one_of_ipv6() -> None:
    proposed = told("route_missing", TABLE, "pcx-1", peer_ip="2001:db8::5")
    assert command(proposed)[3:5] == ["--destination-ipv6-cidr-block", "2001:db8::5/128"]
    assert resource(proposed)[1]["destination_ipv6_cidr_block"] == '"2001:db8::5/128"'


@pytest.mark.parametrize("targets", [(), ("pcx-1", "tgw-1"), ("eni-1",)])
def test_where_what_leads_there_is_not_one_alone_a_person_picks(targets) -> None:
    proposed = told("route_missing", TABLE, *targets)
    assert (proposed.aws_cli, proposed.terraform) == (None, None)
    assert "rtb-1" in proposed.text
    assert all(target in proposed.text for target in targets)


def test_a_route_whose_target_is_gone_gets_another() -> None:
    proposed = told("route_blackhole", TABLE | {"rule": "10.1.0.0/16"}, "pcx-2")
    assert command(proposed) == [
        "replace-route",
        "--route-table-id",
        "rtb-1",
        "--destination-cidr-block",
        "10.1.0.0/16",
        "--vpc-peering-connection-id",
        "pcx-2",
    ]
    assert proposed.terraform is None
    assert "10.1.0.0/16 in rtb-1 is gone" in proposed.text


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "Create a NAT gateway in the place of nat-1, which is gone, and let the subnet's"),
        ("failed", "Create a NAT gateway in the place of nat-1, which is failed, and let"),
        ("pending", "Wait: nat-1 is being made (pending)."),
    ],
)
@pytest.mark.parametrize("is_told", [True, False])
def test_a_nat_gateway_that_carries_nothing_is_made_anew(state, said, is_told) -> None:
    """The hop of a way has its state, a finding's has none."""
    nat = {"element_type": "nat-gateway", "element_id": "nat-1", "rule": state if is_told else None}
    verdict = LOST | {"cause": "route_blackhole"}
    proposed = loss_remedy(verdict, nat, Known(targets=("pcx-2",), state=state))
    assert proposed.text.startswith(said)
    assert (proposed.aws_cli, proposed.terraform) == (None, None)


@pytest.mark.parametrize("rule", ["pl-12345678", None])
def test_a_route_without_a_block_of_its_own_gets_words(rule) -> None:
    assert told("route_blackhole", TABLE | {"rule": rule}, "pcx-2").aws_cli is None


def test_a_peering_connection_that_waits_is_accepted() -> None:
    proposed = told("peering_not_active", PEERING | {"rule": "pending-acceptance"})
    assert command(proposed) == [
        "accept-vpc-peering-connection",
        "--vpc-peering-connection-id",
        "pcx-1",
    ]
    assert resource(proposed) == (
        "aws_vpc_peering_connection_accepter",
        {"vpc_peering_connection_id": '"pcx-1"', "auto_accept": "true"},
    )


@pytest.mark.parametrize(
    ("status", "begins"),
    [
        ("initiating-request", "Wait"),
        ("provisioning", "Wait"),
        ("failed", "Create a new"),
        ("expired", "Create a new"),
        ("rejected", "Create a new"),
        ("deleting", "Create a new"),
        ("deleted", "Create a new"),
    ],
)
def test_one_that_cannot_become_active_is_made_anew(status, begins) -> None:
    proposed = told("peering_not_active", PEERING | {"rule": status})
    assert proposed.text.startswith(begins)
    assert status in proposed.text
    assert proposed.aws_cli is None


def test_an_attachment_that_waits_is_accepted() -> None:
    proposed = told("tgw_attachment_state", ATTACHED | {"rule": "pendingAcceptance"})
    assert command(proposed) == [
        "accept-transit-gateway-vpc-attachment",
        "--transit-gateway-attachment-id",
        "tgw-attach-1",
    ]
    assert resource(proposed) == (
        "aws_ec2_transit_gateway_vpc_attachment_accepter",
        {"transit_gateway_attachment_id": '"tgw-attach-1"'},
    )
    failed = told("tgw_attachment_state", ATTACHED | {"rule": "failed"})
    assert failed.text == "Attach the VPC anew: tgw-attach-1 is failed."
    assert failed.aws_cli is None


def test_a_peering_of_two_gateways_is_no_attachment_of_a_vpc() -> None:
    """https://docs.aws.amazon.com/vpc/latest/tgw/tgw-peering-accept-reject.html"""
    for state, said in (("pendingAcceptance", "Accept"), ("failed", "Peer the two")):
        hop = ATTACHED | {"rule": state, "why": f"it is {state}, and would lead to tgw-2"}
        proposed = told("tgw_attachment_state", hop)
        assert proposed.text.startswith(said)
        assert (proposed.aws_cli, proposed.terraform) == (None, None)


def test_a_vpc_without_an_attachment_is_attached() -> None:
    hop = {"element_type": "transit-gateway", "element_id": "tgw-1"}
    proposed = told("tgw_attachment_state", hop)
    assert command(proposed) == [
        "create-transit-gateway-vpc-attachment",
        "--transit-gateway-id",
        "tgw-1",
        "--vpc-id",
        "vpc-a",
        "--subnet-ids",
        "subnet-a",
    ]
    assert proposed.terraform is None


def test_an_attachment_gets_a_subnet_in_the_zone_that_it_does_not_serve() -> None:
    proposed = told("tgw_zone", ATTACHED | {"rule": "euw1-az2"}, "subnet-z")
    assert proposed.text == "Add a subnet in euw1-az2 to tgw-attach-1."
    assert command(proposed) == [
        "modify-transit-gateway-vpc-attachment",
        "--transit-gateway-attachment-id",
        "tgw-attach-1",
        "--add-subnet-ids",
        "subnet-z",
    ]
    unnamed = told("tgw_zone", ATTACHED)
    assert (unnamed.text, unnamed.aws_cli) == (
        "Add a subnet in that Availability Zone to tgw-attach-1.",
        None,
    )


def test_an_attachment_without_a_table_gets_one() -> None:
    proposed = told("tgw_not_associated", ATTACHED, "tgw-rtb-1")
    assert proposed.text == "Associate tgw-attach-1 with tgw-rtb-1."
    assert command(proposed) == [
        "associate-transit-gateway-route-table",
        "--transit-gateway-attachment-id",
        "tgw-attach-1",
        "--transit-gateway-route-table-id",
        "tgw-rtb-1",
    ]
    assert resource(proposed) == (
        "aws_ec2_transit_gateway_route_table_association",
        {
            "transit_gateway_attachment_id": '"tgw-attach-1"',
            "transit_gateway_route_table_id": '"tgw-rtb-1"',
        },
    )
    assert told("tgw_not_associated", ATTACHED).aws_cli is None


@pytest.mark.parametrize("ip", ["10.1.0.5", "2001:db8::5"])
def test_a_transit_gateways_table_gets_a_route(ip) -> None:
    block = f"{ip}/{128 if ':' in ip else 32}"
    proposed = told("tgw_no_route", GATEWAY_TABLE, "tgw-attach-2", peer_ip=ip)
    assert command(proposed) == [
        "create-transit-gateway-route",
        "--destination-cidr-block",
        block,
        "--transit-gateway-attachment-id",
        "tgw-attach-2",
        "--transit-gateway-route-table-id",
        "tgw-rtb-1",
    ]
    assert resource(proposed) == (
        "aws_ec2_transit_gateway_route",
        {
            "destination_cidr_block": f'"{block}"',
            "transit_gateway_attachment_id": '"tgw-attach-2"',
            "transit_gateway_route_table_id": '"tgw-rtb-1"',
        },
    )
    assert f"to {block}, or to a block around it, to tgw-rtb-1" in proposed.text
    assert told("tgw_no_route", GATEWAY_TABLE).aws_cli is None


def test_a_route_of_a_transit_gateway_that_drops_gets_an_attachment() -> None:
    proposed = told("tgw_blackhole", GATEWAY_TABLE | {"rule": "10.1.0.0/16"}, "tgw-attach-2")
    assert command(proposed)[:3] == [
        "replace-transit-gateway-route",
        "--destination-cidr-block",
        "10.1.0.0/16",
    ]
    assert proposed.terraform is None


@pytest.mark.parametrize(
    ("cause", "hop", "targets"),
    [
        ("route_missing", TABLE, ["pcx-1"]),
        ("route_blackhole", TABLE | {"rule": "10.1.0.0/16"}, ["pcx-1"]),
        ("peering_not_active", PEERING | {"rule": "pending-acceptance"}, []),
        ("tgw_attachment_state", ATTACHED | {"rule": "pendingAcceptance"}, []),
        ("tgw_attachment_state", {"element_type": "transit-gateway", "element_id": "tgw-1"}, []),
        ("tgw_zone", ATTACHED, ["subnet-z"]),
        ("tgw_not_associated", ATTACHED, ["tgw-rtb-1"]),
        ("tgw_no_route", GATEWAY_TABLE, ["tgw-attach-2"]),
        ("tgw_blackhole", GATEWAY_TABLE | {"rule": "10.1.0.0/16"}, ["tgw-attach-2"]),
    ],
)
def test_every_command_names_the_region_that_is_known(cause, hop, targets) -> None:
    words = command(told(cause, hop, *targets, region="ap-southeast-2"))
    assert words[1:3] == ["--region", "ap-southeast-2"]
    assert "--region" not in command(told(cause, hop, *targets))


@pytest.mark.parametrize(
    "cause",
    [
        "route_diverted",
        "outside_peer_cidr",
        "peering_not_transitive",
        "no_public_ip",
        "no_subnet",
        "no_interface",
        "beyond_middlebox",
        "nat_protocol_unsupported",
        "load_balancer_no_listener",
        "dns_resolved_elsewhere",
        "nat_unsolicited",
        "host_silent",
        "host_refused",
    ],
)
def test_what_no_command_makes_is_told_in_words(cause) -> None:
    proposed = told(cause, PEERING, "pcx-1")
    assert proposed.text.endswith(".")
    assert (proposed.aws_cli, proposed.terraform, proposed.checked) == (None, None, False)
    assert not re.search(r"[{}]", proposed.text)


@pytest.mark.parametrize("cause", ["lost_unexplained", "tgw_table_unseen"])
def test_what_nobody_knows_gets_no_remedy(cause) -> None:
    assert told(cause, TABLE) is None


def test_none_of_them_is_said_to_be_checked() -> None:
    proposed = told("route_missing", TABLE, "pcx-1")
    assert not proposed.checked
    assert proposed.check == "not judged again: only groups and ACLs are"


HOSTILE = "rtb-1'; reboot; '"


@pytest.mark.parametrize(
    ("cause", "hop", "targets"),
    [
        ("route_missing", {"element_id": HOSTILE}, ["pcx-1"]),
        ("route_missing", TABLE, ["pcx-1;reboot"]),
        ("route_blackhole", TABLE | {"rule": "10.0.0.0/8;reboot"}, ["pcx-1"]),
        ("peering_not_active", {"element_id": HOSTILE, "rule": "pending-acceptance"}, []),
        (
            "tgw_attachment_state",
            ATTACHED | {"element_id": HOSTILE, "rule": "pendingAcceptance"},
            [],
        ),
        ("tgw_attachment_state", {"element_type": "transit-gateway", "element_id": HOSTILE}, []),
        ("tgw_zone", {"element_id": HOSTILE}, ["subnet-a"]),
        ("tgw_zone", ATTACHED, [HOSTILE]),
        ("tgw_not_associated", {"element_id": HOSTILE}, ["tgw-rtb-1"]),
        ("tgw_not_associated", ATTACHED, [HOSTILE]),
        ("tgw_no_route", GATEWAY_TABLE, [HOSTILE]),
        ("tgw_no_route", GATEWAY_TABLE | {"element_id": HOSTILE}, ["tgw-attach-1"]),
        ("tgw_blackhole", GATEWAY_TABLE | {"rule": "$(reboot)"}, ["tgw-attach-1"]),
    ],
)
def test_what_aws_never_wrote_makes_no_command(cause, hop, targets) -> None:
    proposed = told(cause, hop, *targets)
    assert (proposed.aws_cli, proposed.terraform) == (None, None)


def test_an_address_that_is_none_makes_no_command() -> None:
    assert told("route_missing", TABLE, "pcx-1", peer_ip="$(reboot)").aws_cli is None
    assert told("tgw_no_route", GATEWAY_TABLE, "tgw-attach-1", peer_ip="x").aws_cli is None


def test_a_private_address_is_routed_and_not_made_public() -> None:
    gateway = {"element_type": "internet-gateway", "element_id": "igw-1", "rule": "0.0.0.0/0"}
    assert told("no_public_ip", gateway).text == (
        "Add a route to 10.1.0.5/32, or to a block around it, to the table of subnet-a, by way of "
        "what connects the two: igw-1 carries no private addresses."
    )
    public = told("no_public_ip", gateway, peer_ip="8.8.8.8").text
    assert public.startswith("Associate a public address with the interface")


def finding(cause: str, hop: dict, *peer_ips: str) -> dict:
    """A row of the report, as far as it counts."""
    row = {"cause": cause, "vpc_id": "vpc-a", "peer_ips": peer_ips, "peers": len(peer_ips)}
    return row | {"tried": {"subnet_id": "subnet-a"}, "rule": None} | hop


def test_a_finding_of_one_address_gets_what_the_loss_gets() -> None:
    zone = {"element_type": "transit-gateway", "element_id": "tgw-1", "rule": None}
    one = remedy_of_loss(finding("tgw_attachment_state", zone, "10.1.0.5"))
    assert one == told("tgw_attachment_state", zone)
    assert one.aws_cli and "subnet-a" in one.text


@pytest.mark.parametrize(
    ("others", "said"), [(["10.1.0.6"], "1 other address."), (["a", "b"], "2 other addresses.")]
)
def test_of_several_addresses_there_is_no_command_for_one(others, said) -> None:
    zone = {"element_type": "transit-gateway", "element_id": "tgw-1", "rule": None}
    several = remedy_of_loss(finding("tgw_attachment_state", zone, "10.1.0.5", *others))
    assert several.text.endswith(f"Likewise for {said}")
    assert (several.aws_cli, several.terraform) == (None, None)


def test_where_nothing_is_to_be_changed_the_number_of_addresses_does_not_count() -> None:
    silent = {"element_type": "interface", "element_id": "eni-1"}
    several = remedy_of_loss(finding("host_silent", silent, "10.1.0.5", "10.1.0.6"))
    assert several == told("host_silent", silent)


@pytest.mark.parametrize("cause", ["lost_unexplained", "stage_unknown", "sg_ingress_miss"])
def test_what_is_no_known_loss_gets_none(cause) -> None:
    assert remedy_of_loss(finding(cause, TABLE, "10.1.0.5")) is None


@pytest.mark.parametrize(
    ("cause", "hop", "state", "text"),
    [
        (
            "peering_not_active",
            PEERING,
            "deleted",
            "Create a new peering connection, and routes to it: pcx-1 is deleted.",
        ),
        (
            "peering_not_active",
            PEERING,
            "pending-acceptance",
            "Accept pcx-1: the owner of the accepter's VPC does.",
        ),
        (
            "tgw_attachment_state",
            ATTACHED,
            "failed",
            "Attach the VPC anew: tgw-attach-1 is failed.",
        ),
    ],
)
def test_a_finding_gets_the_change_for_where_its_element_stands_now(
    cause, hop, state, text
) -> None:
    known = Known(state=state)
    assert remedy_of_loss(finding(cause, hop | {"rule": None}, "10.1.0.5"), known).text == text


@pytest.mark.parametrize(
    ("cause", "hop"),
    [("peering_not_active", PEERING), ("tgw_attachment_state", ATTACHED)],
)
def test_where_the_state_is_not_told_both_ways_are(cause, hop) -> None:
    proposed = told(cause, hop | {"rule": None})
    assert f"Accept {hop['element_id']} while it waits for that" in proposed.text
    assert "anew" in proposed.text or "create a new" in proposed.text
    assert proposed.aws_cli is None


def test_where_the_type_of_icmp_tells_which_entry_refuses_none_is_named() -> None:
    hop = {"element_type": "network-acl", "element_id": "acl-g"}
    assert "before all its entries that deny it" in told("tgw_nacl_deny", hop).text
    assert "before entry 90" in told("tgw_nacl_deny", hop | {"rule": "90"}).text
