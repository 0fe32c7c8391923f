"""The smallest change, in words and commands: right for every protocol, safe for every name."""

import json
import re
import shlex

import pytest

from pipeline.remedies.remedy import Known, remedy

GROUP_MISS = {
    "cause": "sg_ingress_miss",
    "path": "peering",
    "direction": "ingress",
    "vpc_id": "vpc-a",
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
REPLY = ACL_DENY | {"cause": "nacl_egress_deny_reply", "direction": "egress"}


def entry(number: int, direction: str = "ingress", acl: str = "acl-a", **more) -> dict:
    made = {
        "network_acl_id": acl,
        "direction": direction,
        "rule_number": number,
        "rule_action": "deny",
        "protocol": "-1",
        "cidr": "10.0.0.0/8",
        "from_port": None,
        "to_port": None,
        "icmp_type": None,
        "icmp_code": None,
    }
    return made | more


def numbered(*numbers: int, direction: str = "ingress") -> Known:
    return Known([entry(number, direction) for number in numbers])


def permission(command: str) -> dict:
    words = shlex.split(command)
    (allowed,) = json.loads(words[words.index("--ip-permissions") + 1])
    return allowed


def option(command: str, name: str) -> str:
    words = shlex.split(command)
    return words[words.index(name) + 1]


def arguments(terraform: str) -> list[dict]:
    """The arguments of each resource, as they are written."""
    blocks = re.findall(
        r'^resource "\S+" "\S+" \{\n(.*?)\n\}$', terraform, re.DOTALL | re.MULTILINE
    )
    return [dict(re.split(r" += ", line.strip()) for line in block.split("\n")) for block in blocks]


def labels(proposed) -> list[tuple[str, str]]:
    """The kind and the name of each resource."""
    return re.findall(r'^resource "(\S+)" "(\S+)" \{$', proposed.terraform, re.MULTILINE)


@pytest.mark.parametrize(
    "other",
    [
        {"element_id": "sg-c"},
        {"cause": "sg_egress_miss", "direction": "egress"},
        {"protocol": 17},
        {"protocol": 47, "dst_ports": []},
        {"protocol": 1, "icmp": (8, 0), "dst_ports": []},
        {"dst_ports": [443]},
        {"peer_ips": ["10.1.0.6"]},
        {"peer_ips": ["2001:db8::5"]},
    ],
    ids=str,
)
def test_terraform_of_two_remedies_goes_into_one_file(other) -> None:
    both = [*labels(remedy(GROUP_MISS)), *labels(remedy(GROUP_MISS | other))]
    assert len(set(both)) == 2


def test_an_entry_is_named_by_its_acl_direction_and_number() -> None:
    (made,) = labels(remedy(ACL_DENY, numbered(90)))
    assert made == ("aws_network_acl_rule", "acl_a_ingress_89")


def test_rules_of_two_icmp_types_have_two_names() -> None:
    asked = [
        GROUP_MISS | {"protocol": 1, "dst_ports": [], "icmp": icmp} for icmp in ((8, 0), (0, 8))
    ]
    assert labels(remedy(asked[0])) != labels(remedy(asked[1]))


def test_a_group_miss_asks_for_one_address_and_one_port_in_the_first_group() -> None:
    proposed = remedy(GROUP_MISS)
    assert proposed.text == "Allow tcp/5432 from 10.1.0.5 in sg-a."
    assert proposed.aws_cli.startswith("aws ec2 authorize-security-group-ingress ")
    assert option(proposed.aws_cli, "--group-id") == "sg-a"
    assert permission(proposed.aws_cli) == {
        "IpProtocol": "tcp",
        "FromPort": 5432,
        "ToPort": 5432,
        "IpRanges": [{"CidrIp": "10.1.0.5/32"}],
    }
    assert labels(proposed) == [
        ("aws_vpc_security_group_ingress_rule", "sg_a_ingress_tcp_5432_10_1_0_5_32")
    ]
    assert arguments(proposed.terraform) == [
        {
            "security_group_id": '"sg-a"',
            "ip_protocol": '"tcp"',
            "from_port": "5432",
            "to_port": "5432",
            "cidr_ipv4": '"10.1.0.5/32"',
        }
    ]


def test_the_group_of_the_nearest_miss_is_the_one_to_change() -> None:
    near = {"element_type": "security-group", "element_id": "sg-b", "rule": "x", "why": "address"}
    assert "--group-id sg-b" in remedy(GROUP_MISS | {"nearest_miss": near}).aws_cli


LISTED = {"element_type": "security-group", "element_id": "sg-b", "rule": "tcp 5432 pl-1 (sgr-1)"}


def test_a_list_that_lacks_the_peer_is_the_other_place_to_add_it() -> None:
    missed = GROUP_MISS | {"nearest_miss": LISTED | {"why": "address"}}
    known = Known(own_lists=frozenset({"pl-1", "pl-2"}))
    told = remedy(missed, known)
    assert told.text == (
        "Allow tcp/5432 from 10.1.0.5 in sg-b. Or add 10.1.0.5 to pl-1, to which a rule for others "
        "refers: that counts wherever the list is used."
    )
    assert permission(told.aws_cli)["IpRanges"] == [{"CidrIp": "10.1.0.5/32"}]
    # Nobody can add to what is AWS's, and what lacks the port would not let it in.
    assert "Or add" not in remedy(missed).text
    of_port = GROUP_MISS | {"nearest_miss": LISTED | {"why": "port"}}
    assert "Or add" not in remedy(of_port, known).text


@pytest.mark.parametrize("groups", [(), (("sg-now", "222222222222"),)], ids=["none", "one"])
@pytest.mark.parametrize("peers", [1, 9])
def test_a_group_that_is_gone_is_not_referred_to_again(groups, peers) -> None:
    near = {"element_type": "security-group", "element_id": "sg-b", "why": "stale"}
    stale = {"nearest_miss": near | {"rule": "tcp 5432 sg-gone (sgr-1)"}, "peers": peers}
    proposed = remedy(GROUP_MISS | stale, Known(peer_groups=groups))
    whom = (
        "10.1.0.5"
        if peers == 1
        else "the members of sg-now"
        if groups
        else "the 9 addresses of the other end"
    )
    assert proposed.text == (
        f"Allow tcp/5432 from {whom} in sg-b. "
        "Its rule tcp 5432 sg-gone (sgr-1) is stale and lets nothing through: it can go."
    )
    assert "sg-gone" not in f"{proposed.aws_cli} {proposed.terraform} {proposed.changes}"
    assert bool(proposed.aws_cli) == (peers == 1 or bool(groups))


def test_a_way_out_is_opened_as_one_out() -> None:
    proposed = remedy(GROUP_MISS | {"cause": "sg_egress_miss", "direction": "egress"})
    assert proposed.text == "Allow tcp/5432 to 10.1.0.5 in sg-a."
    assert proposed.aws_cli.startswith("aws ec2 authorize-security-group-egress ")
    assert labels(proposed)[0][0] == "aws_vpc_security_group_egress_rule"


@pytest.mark.parametrize(
    ("protocol", "named", "ports"),
    [
        (6, "tcp", (5432, 5432)),
        (17, "udp", (5432, 5432)),
        (1, "icmp", (-1, -1)),
        (58, "icmpv6", (-1, -1)),
        (47, "47", (None, None)),
        (0, "0", (None, None)),
    ],
)
def test_protocols_are_named_as_the_api_names_them(protocol, named, ports) -> None:
    proposed = remedy(GROUP_MISS | {"protocol": protocol})
    allowed = permission(proposed.aws_cli)
    assert allowed["IpProtocol"] == named
    assert (allowed.get("FromPort"), allowed.get("ToPort")) == ports
    (argued,) = arguments(proposed.terraform)
    assert argued["ip_protocol"] == f'"{named}"'
    assert (argued.get("from_port"), argued.get("to_port")) == tuple(
        None if port is None else str(port) for port in ports
    )


def test_ipv6_peers_have_ranges_of_their_own() -> None:
    proposed = remedy(GROUP_MISS | {"peers": 2, "peer_ips": ["10.1.0.5", "2001:db8::5"]})
    allowed = permission(proposed.aws_cli)
    assert allowed["IpRanges"] == [{"CidrIp": "10.1.0.5/32"}]
    assert allowed["Ipv6Ranges"] == [{"CidrIpv6": "2001:db8::5/128"}]
    one, other = arguments(proposed.terraform)
    assert (one["cidr_ipv4"], other["cidr_ipv6"]) == ('"10.1.0.5/32"', '"2001:db8::5/128"')


def test_many_peers_of_one_group_are_told_by_a_reference() -> None:
    known = Known(peer_groups=(("sg-clients", "222222222222"),))
    proposed = remedy(GROUP_MISS | {"peers": 700}, known)
    assert proposed.text == "Allow tcp/5432 from the members of sg-clients in sg-a."
    pairs = [{"GroupId": "sg-clients", "UserId": "222222222222"}]
    assert permission(proposed.aws_cli)["UserIdGroupPairs"] == pairs
    (argued,) = arguments(proposed.terraform)
    assert argued["referenced_security_group_id"] == '"222222222222/sg-clients"'


def test_a_group_of_the_same_account_is_told_without_it() -> None:
    proposed = remedy(GROUP_MISS | {"peers": 700}, Known(peer_groups=(("sg-clients", None),)))
    assert permission(proposed.aws_cli)["UserIdGroupPairs"] == [{"GroupId": "sg-clients"}]
    assert '"sg-clients"' in proposed.terraform


def test_where_a_reference_does_not_reach_no_other_is_proposed() -> None:
    doubtful = GROUP_MISS | {"cause": "sg_reference_ineffective", "peers": 700}
    assert remedy(doubtful, Known(peer_groups=(("sg-clients", None),))).aws_cli is None


def test_answers_are_let_through_to_every_port_they_may_go_to() -> None:
    many = {"ports": 30, "dst_ports": [40000, 40001]}
    proposed = remedy(REPLY | many, numbered(90, direction="egress"))
    assert proposed.text == (
        "Allow answers, tcp to ports 1024-65535, to 10.1.0.5 in acl-a with number 89, which is "
        "free and below 90."
    )
    assert option(proposed.aws_cli, "--port-range") == "From=1024,To=65535"
    assert "--egress" in shlex.split(proposed.aws_cli)
    assert arguments(proposed.terraform)[0]["to_port"] == "65535"


def test_answers_to_a_port_that_is_not_ephemeral_need_that_port() -> None:
    ntp = {"protocol": 17, "dst_ports": [123]}
    proposed = remedy(REPLY | ntp, numbered(90, direction="egress"))
    assert option(proposed.aws_cli, "--port-range") == "From=123,To=123"
    assert (
        remedy(REPLY | ntp | {"ports": 2, "dst_ports": [123, 40000]}, numbered(90)).aws_cli is None
    )


@pytest.mark.parametrize(
    ("path", "direction", "gateways", "enables"),
    [
        ("peering", "ingress", ["tgw-1"], False),
        ("transit-gateway", "ingress", ["tgw-1"], True),
        # Its member is in another Region, or nobody knows where.
        ("transit-gateway", "ingress", [], False),
        ("transit-gateway", "egress", ["tgw-1"], False),
    ],
)
def test_where_a_reference_does_not_reach_the_address_does(
    path, direction, gateways, enables
) -> None:
    doubtful = {"cause": "sg_reference_ineffective", "element_id": "sg-b"}
    finding = GROUP_MISS | doubtful | {"path": path, "direction": direction}
    proposed = remedy(finding, Known(targets=tuple(gateways)))
    assert proposed.text.startswith(
        "A reference to a group does not reach the peer. Allow tcp/5432"
    )
    assert ("enable security group referencing" in proposed.text) == enables
    assert permission(proposed.aws_cli)["IpRanges"] == [{"CidrIp": "10.1.0.5/32"}]


@pytest.mark.parametrize("cause", ["late_packet", "no_tracked_connection", "unsolicited_packet"])
def test_what_comes_late_wants_no_rule(cause) -> None:
    proposed = remedy(GROUP_MISS | {"cause": cause, "element_id": None})
    assert "is to be changed" in proposed.text
    assert (proposed.aws_cli, proposed.terraform, proposed.changes) == (None, None, ())


EXPIRED = {
    "element_type": "interface",
    "element_id": "eni-a",
    "rule": "TcpEstablishedTimeout=350",
    "why": "expired",
}


@pytest.mark.parametrize("cause", ["late_packet", "no_tracked_connection"])
def test_what_expired_wants_keepalives_or_a_longer_timeout(cause) -> None:
    """https://docs.aws.amazon.com/cli/latest/reference/ec2/modify-network-interface-attribute.html"""
    finding = GROUP_MISS | {"cause": cause, "element_id": None, "nearest_miss": EXPIRED}
    proposed = remedy(finding, Known(region="eu-west-1"))
    assert "eni-a" in proposed.text
    assert "TcpEstablishedTimeout=350" in proposed.text
    assert "keepalives" in proposed.text
    assert shlex.split(proposed.aws_cli.replace("\\\n", "")) == [
        *("aws", "ec2", "modify-network-interface-attribute", "--region", "eu-west-1"),
        *("--network-interface-id", "eni-a"),
        *("--connection-tracking-specification", "TcpEstablishedTimeout=3600"),
    ]
    assert (proposed.terraform, proposed.changes, proposed.checked) == (None, (), False)
    assert proposed.check.startswith("not judged again: ")


def test_no_command_names_an_interface_that_is_not_as_aws_writes_it() -> None:
    spoilt = EXPIRED | {"element_id": "eni-a; reboot"}
    finding = GROUP_MISS | {"cause": "late_packet", "element_id": None, "nearest_miss": spoilt}
    assert remedy(finding).aws_cli is None


def test_many_peers_or_ports_get_words_and_no_command() -> None:
    many = remedy(GROUP_MISS | {"peers": 700})
    assert "the 700 addresses" in many.text
    assert (many.aws_cli, many.terraform) == (None, None)
    assert remedy(GROUP_MISS | {"ports": 3, "dst_ports": [1, 2, 3]}).aws_cli is None
    assert remedy(ACL_DENY | {"peers": 700}, numbered(90)).aws_cli is None


@pytest.mark.parametrize(
    ("path", "peers", "direction", "is_let_in"),
    [
        ("internet", ["91.240.118.105"], "ingress", False),
        ("internet", ["91.240.118.105"], "egress", True),
        ("unknown", ["91.240.118.105"], "ingress", False),
        ("unknown", ["10.1.0.5", "2a00:1450::1"], "ingress", False),
        ("unknown", ["91.240.118.105"], "egress", True),
        ("unknown", ["10.1.0.5"], "ingress", True),
        ("vpn", ["91.240.118.105"], "ingress", True),
    ],
)
def test_internet_scanning_is_not_to_be_let_in(path, peers, direction, is_let_in) -> None:
    met = {"path": path, "peers": len(peers), "peer_ips": peers, "direction": direction}
    proposed = remedy(GROUP_MISS | met)
    assert proposed.text.startswith("Nothing is to be changed, unless it is wanted") != is_let_in
    assert (proposed.aws_cli is not None) == is_let_in


def test_an_acl_gets_a_number_below_the_deny() -> None:
    proposed = remedy(ACL_DENY, numbered(90, 100))
    assert "with number 89, which is free and below 90" in proposed.text
    assert "its other direction must let the replies pass" in proposed.text
    assert option(proposed.aws_cli, "--rule-number") == "89"
    assert option(proposed.aws_cli, "--protocol") == "6"
    assert option(proposed.aws_cli, "--port-range") == "From=5432,To=5432"
    assert option(proposed.aws_cli, "--cidr-block") == "10.1.0.5/32"
    assert "--ingress" in proposed.aws_cli
    assert arguments(proposed.terraform) == [
        {
            "network_acl_id": '"acl-a"',
            "egress": "false",
            "rule_number": "89",
            "rule_action": '"allow"',
            "protocol": '"6"',
            "cidr_block": '"10.1.0.5/32"',
            "from_port": "5432",
            "to_port": "5432",
        }
    ]


@pytest.mark.parametrize(
    ("protocol", "told", "argued"),
    [
        (1, "--icmp-type-code Type=-1,Code=-1", {"icmp_type": "-1", "icmp_code": "-1"}),
        (58, "--icmp-type-code Type=-1,Code=-1", {"icmp_type": "-1", "icmp_code": "-1"}),
        (47, None, {}),
    ],
)
def test_protocols_without_ports_in_an_acl(protocol, told, argued) -> None:
    proposed = remedy(ACL_DENY | {"protocol": protocol}, numbered(90))
    assert option(proposed.aws_cli, "--protocol") == str(protocol)
    assert (told is None) != (told is not None and told in proposed.aws_cli)
    assert "--port-range" not in proposed.aws_cli
    assert ("--icmp-type-code" in proposed.aws_cli) == (told is not None)
    (made,) = arguments(proposed.terraform)
    assert {
        name: made[name] for name in made if name.startswith("icmp") or "port" in name
    } == argued


def test_a_number_that_is_taken_is_not_free() -> None:
    taken = Known([entry(n) for n in (90, 89, 88)] + [entry(87, "egress"), entry(86, acl="acl-b")])
    assert option(remedy(ACL_DENY, taken).aws_cli, "--rule-number") == "87"


def test_several_addresses_have_a_number_each() -> None:
    two = {"peers": 2, "peer_ips": ["10.1.0.5", "10.1.0.6"]}
    proposed = remedy(ACL_DENY | two, numbered(90, 89))
    assert re.findall(r"--rule-number (\d+)", proposed.aws_cli) == ["87", "88"]
    assert [a["rule_number"] for a in arguments(proposed.terraform)] == ["87", "88"]
    assert "with number 87, 88, which is free" in proposed.text


@pytest.mark.parametrize("last", ["32767", "32768"])
@pytest.mark.parametrize(
    ("taken", "free"),
    [
        ((), "100"),
        ((100, 110, 32767), "200"),
        ((200,), "300"),
        ((32700,), "32766"),
        ((32766, 32765), "32764"),
    ],
)
def test_before_the_last_deny_there_is_room_above_the_users_numbers(last, taken, free) -> None:
    proposed = remedy(ACL_DENY | {"rule": last}, numbered(*taken))
    assert option(proposed.aws_cli, "--rule-number") == free


def test_where_no_number_is_free_below_the_rule_moves_up_first() -> None:
    of_udp = {"protocol": "17", "from_port": 53, "to_port": 53, "cidr": "10.1.0.0/16"}
    proposed = remedy(ACL_DENY | {"rule": "1"}, Known([entry(1, **of_udp), entry(3)]))
    made, replaced = proposed.aws_cli.split("\naws ec2 ")
    assert made.startswith("aws ec2 create-network-acl-entry")
    assert option(made, "--rule-number") == "2"
    assert option(made, "--rule-action") == "deny"
    assert option(made, "--protocol") == "17"
    assert option(made, "--port-range") == "From=53,To=53"
    assert option(made, "--cidr-block") == "10.1.0.0/16"
    assert replaced.startswith("replace-network-acl-entry")
    assert option(replaced, "--rule-number") == "1"
    assert option(replaced, "--rule-action") == "allow"
    assert proposed.terraform is None
    assert "none below is free, so rule 1 moves to 2 first" in proposed.text


@pytest.mark.parametrize(
    ("more", "told", "untold"),
    [
        ({"protocol": "-1"}, "--protocol -1", ("--port-range", "--icmp-type-code")),
        ({"protocol": "47"}, "--protocol 47", ("--port-range", "--icmp-type-code")),
        (
            {"protocol": "1", "icmp_type": 8, "icmp_code": -1},
            "--icmp-type-code Type=8,Code=-1",
            ("--port-range",),
        ),
        ({"protocol": "6"}, "--port-range From=0,To=65535", ("--icmp-type-code",)),
        ({"cidr": "2001:db8::/32"}, "--ipv6-cidr-block 2001:db8::/32", ("--cidr-block",)),
    ],
)
def test_a_rule_that_moves_stays_what_it_is(more, told, untold) -> None:
    proposed = remedy(ACL_DENY | {"rule": "1"}, Known([entry(1, **more)]))
    moved, _ = proposed.aws_cli.split("\naws ec2 ")
    assert told in moved
    assert not any(one in moved for one in untold)


@pytest.mark.parametrize(
    "entries",
    [
        [entry(1), entry(2)],
        [entry(1), entry(1, cidr="10.9.0.0/16")],
        [entry(1, protocol="everything")],
        [entry(2)],
    ],
)
def test_without_room_there_are_words_alone(entries) -> None:
    proposed = remedy(ACL_DENY | {"rule": "1"}, Known(entries))
    assert (proposed.aws_cli, proposed.terraform, proposed.changes) == (None, None, ())
    assert "no number is free there, so renumber its rules first" in proposed.text


def test_an_acl_full_of_numbers_has_none_below_its_last() -> None:
    full = remedy(ACL_DENY | {"rule": "32767"}, numbered(*range(1, 32767)))
    assert full.aws_cli is None
    assert "renumber" in full.text


def test_of_an_acl_that_nobody_asked_about_no_number_is_known_to_be_free() -> None:
    proposed = remedy(ACL_DENY)
    assert proposed.aws_cli is None
    assert "with a free number below 90" in proposed.text


def test_ipv6_in_an_acl() -> None:
    proposed = remedy(ACL_DENY | {"peer_ips": ["2001:db8::5"]}, numbered(90))
    assert option(proposed.aws_cli, "--ipv6-cidr-block") == "2001:db8::5/128"
    assert arguments(proposed.terraform)[0]["ipv6_cidr_block"] == '"2001:db8::5/128"'


BOTH = ACL_DENY | {
    "cause": "sg_and_nacl",
    "blockers": [
        {"element_type": "network-acl", "element_id": "acl-a", "rule": "90"},
        {"element_type": "security-group", "element_id": "sg-a", "rule": None},
    ],
}


def test_both_need_a_change() -> None:
    proposed = remedy(BOTH, numbered(90))
    assert re.findall(r"^aws ec2 (\S+)", proposed.aws_cli, re.MULTILINE) == [
        "authorize-security-group-ingress",
        "create-network-acl-entry",
    ]
    assert len(arguments(proposed.terraform)) == 2
    assert len(proposed.changes) == 2


def test_half_a_remedy_is_none() -> None:
    proposed = remedy(BOTH | {"blockers": [b | {"rule": "1"} for b in BOTH["blockers"]]}, Known([]))
    assert proposed.text.startswith("Both need a change. ")
    assert (proposed.aws_cli, proposed.terraform, proposed.changes) == (None, None, ())


def test_block_public_access_is_excluded_for_the_smallest_part() -> None:
    out = GROUP_MISS | {"cause": "block_public_access", "direction": "egress", "path": "internet"}
    one = remedy(out, Known(subnet_ids=("subnet-a",)))
    assert option(one.aws_cli, "--subnet-id") == "subnet-a"
    assert option(one.aws_cli, "--internet-gateway-exclusion-mode") == "allow-egress"
    assert arguments(one.terraform) == [
        {"subnet_id": '"subnet-a"', "internet_gateway_exclusion_mode": '"allow-egress"'}
    ]
    two = remedy(out, Known(subnet_ids=("subnet-a", "subnet-b")))
    assert option(two.aws_cli, "--vpc-id") == "vpc-a"
    assert not two.checked
    assert two.check.startswith("not judged again: ")


def test_what_knocks_from_the_internet_is_not_excluded_by_a_command() -> None:
    proposed = remedy(GROUP_MISS | {"cause": "block_public_access", "path": "internet"})
    assert proposed.text.startswith("If this traffic is wanted")
    assert (proposed.aws_cli, proposed.terraform) == (None, None)


def test_encryption_controls_are_told_of() -> None:
    assert "encryption" in remedy(GROUP_MISS | {"cause": "encryption_control"}).text


@pytest.mark.parametrize(
    "cause", ["not_explained", "stage_unknown", "interface_unknown", "depends_on_icmp_type"]
)
def test_what_is_not_explained_gets_no_remedy(cause) -> None:
    assert remedy(GROUP_MISS | {"cause": cause}) is None


@pytest.mark.parametrize(
    "hostile",
    [
        "sg-a'; rm -rf ~; echo '",
        "sg-${path.module}",
        "sg-a\n",
        "-sg-a",
        "--profile",
        "SG-A",
        "sg-\u0430",
        "",
    ],
)
def test_an_id_that_aws_never_wrote_makes_no_command(hostile) -> None:
    group = remedy(GROUP_MISS | {"element_id": hostile})
    acl = remedy(ACL_DENY | {"element_id": hostile}, Known([entry(90, acl=hostile)]))
    many = GROUP_MISS | {"peers": 700}
    reference = remedy(many, Known(peer_groups=((hostile, None),)))
    access = remedy(
        GROUP_MISS | {"cause": "block_public_access", "direction": "egress", "vpc_id": hostile}
    )
    for proposed in (group, acl, reference, access):
        assert (proposed.aws_cli, proposed.terraform, proposed.changes) == (None, None, ())


@pytest.mark.parametrize("hostile", ["10.1.0.5; reboot", "010.1.0.5", "10.1.0.5'", "${x}"])
def test_an_address_that_is_none_makes_no_command(hostile) -> None:
    assert remedy(GROUP_MISS | {"peer_ips": [hostile]}).aws_cli is None
    assert remedy(ACL_DENY | {"peer_ips": [hostile]}, numbered(90)).aws_cli is None


def test_a_block_of_a_moved_rule_that_is_none_makes_no_command() -> None:
    moved = Known([entry(1, cidr="$(reboot)/8")])
    assert remedy(ACL_DENY | {"rule": "1"}, moved).aws_cli is None


def test_an_entry_stands_before_all_that_deny_where_the_type_tells_which_does() -> None:
    finding = ACL_DENY | {"rule": None, "protocol": 1, "dst_ports": []}
    proposed = remedy(finding, numbered(90, 100))
    assert "in acl-a before all its rules that deny it: which of them does depends" in proposed.text
    assert (proposed.aws_cli, proposed.changes) == (None, ())
