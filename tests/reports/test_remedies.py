"""The smallest change, in words and commands: right for every protocol, safe for every name."""

import json
import re
import shlex

import pytest

from pipeline.attribution.remedies import remedy

GROUP_MISS = {
    "cause": "sg_ingress_miss",
    "path": "peering",
    "direction": "ingress",
    "element_type": "security-group",
    "element_id": "sg-a,sg-b",
    "rule": None,
    "protocol": 6,
    "ports": 1,
    "dst_ports": [5432],
    "peers": 1,
    "peer_ips": ["10.1.0.5"],
    "nearest_miss": None,
    "blockers": [],
}
ACL_DENY = GROUP_MISS | {
    "cause": "nacl_ingress_deny",
    "element_type": "network-acl",
    "element_id": "acl-a",
    "rule": "90",
}


def permission(command: str) -> dict:
    words = shlex.split(command)
    (allowed,) = json.loads(words[words.index("--ip-permissions") + 1])
    return allowed


def option(command: str, name: str) -> str:
    words = shlex.split(command)
    return words[words.index(name) + 1]


def test_a_group_miss_asks_for_one_address_and_one_port_in_the_first_group() -> None:
    proposed = remedy(GROUP_MISS)
    assert proposed.text == "Allow tcp/5432 from 10.1.0.5 in sg-a."
    assert proposed.aws_cli.startswith("aws ec2 authorize-security-group-ingress ")
    assert permission(proposed.aws_cli) == {
        "IpProtocol": "tcp",
        "FromPort": 5432,
        "ToPort": 5432,
        "IpRanges": [{"CidrIp": "10.1.0.5/32"}],
    }
    assert 'cidr_ipv4         = "10.1.0.5/32"' in proposed.terraform


def test_the_group_of_the_nearest_miss_is_the_one_to_change() -> None:
    near = {"element_id": "sg-b", "rule": "tcp 5432 10.2.0.0/16", "why": "address"}
    assert "--group-id sg-b" in remedy(GROUP_MISS | {"nearest_miss": near}).aws_cli


@pytest.mark.parametrize(
    ("protocol", "named"), [(6, "tcp"), (17, "udp"), (1, "icmp"), (58, "icmpv6"), (47, "47")]
)
def test_protocols_are_named_as_the_api_names_them(protocol, named) -> None:
    allowed = permission(remedy(GROUP_MISS | {"protocol": protocol}).aws_cli)
    assert allowed["IpProtocol"] == named
    ports = (allowed["FromPort"], allowed["ToPort"])
    assert ports == ((5432, 5432) if protocol in (6, 17) else (-1, -1))


def test_ipv6_peers_have_ranges_of_their_own() -> None:
    proposed = remedy(GROUP_MISS | {"peers": 2, "peer_ips": ["10.1.0.5", "2001:db8::5"]})
    allowed = permission(proposed.aws_cli)
    assert allowed["IpRanges"] == [{"CidrIp": "10.1.0.5/32"}]
    assert allowed["Ipv6Ranges"] == [{"CidrIpv6": "2001:db8::5/128"}]


def test_answers_are_let_through_to_every_port_they_may_go_to() -> None:
    many = {"ports": 30, "dst_ports": [40000, 40001], "direction": "egress"}
    proposed = remedy(ACL_DENY | many | {"cause": "nacl_egress_deny_reply"})
    assert proposed.text.startswith("Allow answers, tcp to ports 1024-65535, to 10.1.0.5 in acl-a ")
    assert option(proposed.aws_cli, "--port-range") == "From=1024,To=65535"
    assert "--egress" in shlex.split(proposed.aws_cli)
    assert "  to_port        = 65535" in proposed.terraform


def test_where_a_reference_does_not_reach_the_address_does() -> None:
    proposed = remedy(GROUP_MISS | {"cause": "sg_reference_ineffective", "element_id": "sg-b"})
    assert proposed.text.startswith(
        "A reference to a group does not reach the peer. Allow tcp/5432"
    )
    assert permission(proposed.aws_cli)["IpRanges"] == [{"CidrIp": "10.1.0.5/32"}]


@pytest.mark.parametrize("cause", ["late_packet", "no_tracked_connection", "unsolicited_packet"])
def test_what_comes_late_wants_no_rule(cause) -> None:
    assert remedy(GROUP_MISS | {"cause": cause, "element_id": None}) is None


def test_many_peers_or_ports_get_words_and_no_command() -> None:
    many = remedy(GROUP_MISS | {"peers": 700})
    assert "the 700 addresses" in many.text
    assert (many.aws_cli, many.terraform) == (None, None)
    assert remedy(GROUP_MISS | {"ports": 3, "dst_ports": [1, 2, 3]}).aws_cli is None


def test_internet_scanning_is_not_to_be_let_in() -> None:
    assert remedy(GROUP_MISS | {"path": "internet"}) is None


def test_an_acl_gets_a_number_below_the_deny() -> None:
    proposed = remedy(ACL_DENY)
    assert "below 90" in proposed.text
    assert option(proposed.aws_cli, "--rule-number") == "89"
    assert option(proposed.aws_cli, "--protocol") == "6"
    assert option(proposed.aws_cli, "--port-range") == "From=5432,To=5432"
    assert option(proposed.aws_cli, "--cidr-block") == "10.1.0.5/32"
    assert "--ingress" in proposed.aws_cli
    assert "rule_number    = 89" in proposed.terraform


@pytest.mark.parametrize("last", ["32767", "32768"])
def test_below_the_final_deny_the_highest_number_of_the_users_is_taken(last) -> None:
    assert option(remedy(ACL_DENY | {"rule": last}).aws_cli, "--rule-number") == "32766"


def test_below_rule_1_there_is_no_number() -> None:
    proposed = remedy(ACL_DENY | {"rule": "1"})
    assert proposed.aws_cli is None


def test_ipv6_in_an_acl() -> None:
    proposed = remedy(ACL_DENY | {"peer_ips": ["2001:db8::5"]})
    assert option(proposed.aws_cli, "--ipv6-cidr-block") == "2001:db8::5/128"


def test_both_need_a_change() -> None:
    blockers = [
        {"element_type": "network-acl", "element_id": "acl-a", "rule": "90"},
        {"element_type": "security-group", "element_id": "sg-a", "rule": None},
    ]
    proposed = remedy(ACL_DENY | {"cause": "sg_and_nacl", "blockers": blockers})
    assert re.findall(r"^aws ec2 (\S+)", proposed.aws_cli, re.MULTILINE) == [
        "authorize-security-group-ingress",
        "create-network-acl-entry",
    ]


@pytest.mark.parametrize("cause", ["not_explained", "stage_unknown", "interface_unknown"])
def test_what_is_not_explained_gets_no_remedy(cause) -> None:
    assert remedy(GROUP_MISS | {"cause": cause}) is None


def test_what_stands_in_a_command_is_quoted() -> None:
    hostile = "sg-a'; rm -rf ~; echo '${path.module}"
    proposed = remedy(GROUP_MISS | {"element_id": hostile})
    words = shlex.split(proposed.aws_cli)
    assert words[words.index("--group-id") + 1] == hostile
    assert "$${path.module}" in proposed.terraform
