"""What becomes of a packet, hop by hop and both ways: what is planted is what is named."""

from datetime import timedelta

import pytest
from asking import ask, at_noon, held, joined
from wide_network import PUBLIC, E, gone, of

from pipeline.explain import legs

HOUR = timedelta(hours=1)
WEB = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
FROM_A = {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}


def stages(leg) -> list[str]:
    return [hop.stage for hop in leg.path]


def decided(leg) -> tuple:
    return leg.verdict, leg.certainty, leg.decider.cause, leg.decider.element_id


def test_a_packet_that_everything_lets_pass_is_allowed_both_ways(lake) -> None:
    told = ask(lake, port=443, source_port=50000).told
    assert stages(told.forward) == [
        "security-group-egress",
        "network-acl-egress",
        "route-table",
        "peering",
        "subnet",
        "network-acl-ingress",
        "security-group-ingress",
    ]
    for leg in (told.forward, told.reply):
        assert {hop.outcome for hop in leg.path} == {"pass"}
        assert (leg.verdict, leg.certainty, leg.decider) == ("allowed", "certain", None)


def test_within_a_subnet_neither_acl_nor_routes_are_asked() -> None:
    network = joined()
    of(network, "eni-f")["SubnetId"] = "subnet-e"
    of(network, "eni-f")["PrivateIpAddresses"] = [{"PrivateIpAddress": "10.0.1.20"}]
    told = ask(at_noon(network), E, "10.0.1.20", port=443).told
    assert stages(told.forward) == ["security-group-egress", "subnet", "security-group-ingress"]
    assert told.forward.verdict == "allowed"


def test_what_no_way_back_has_is_blocked_on_the_reply() -> None:
    network = joined()
    of(network, "rtb-t")["Routes"].pop()
    told = ask(at_noon(network), port=443).told
    assert told.forward.verdict == "allowed"
    assert decided(told.reply) == ("blocked", "certain", "route_missing", "rtb-t")


def test_all_that_blocks_is_marked_and_the_first_decides() -> None:
    network = joined()
    of(network, "pcx-b")["Status"] = {"Code": "pending-acceptance"}
    of(network, "sg-vpc-b")["IpPermissions"] = []
    told = ask(at_noon(network), port=443).told
    assert decided(told.forward) == ("blocked", "certain", "peering_not_active", "pcx-b")
    assert [hop.cause for hop in told.forward.blockers] == ["peering_not_active", "sg_ingress_miss"]


def test_a_stale_rule_is_told_as_such() -> None:
    network = joined()
    pair = {"GroupId": "sg-gone", "VpcPeeringConnectionId": "pcx-gone", "PeeringStatus": "deleted"}
    of(network, "sg-vpc-b")["IpPermissions"] = [WEB | {"UserIdGroupPairs": [pair]}]
    forward = ask(at_noon(network), port=443).told.forward
    assert decided(forward) == ("blocked", "certain", "sg_ingress_miss", "sg-vpc-b")
    nearest = "nearest: tcp 443 sg-gone, which is stale"
    assert forward.decider.why == f"no rule allows it; {nearest}"


def test_an_open_port_is_told_by_its_stretches() -> None:
    network = joined()
    of(network, "sg-vpc-b")["IpPermissions"] = [WEB | FROM_A]
    lake = at_noon(network)
    leg = ask(lake).told.forward
    assert (leg.verdict, leg.certainty) == ("blocked", "conditional")
    assert leg.note == (
        "it depends on the port: blocked by sg-vpc-b for 0-442, 444-65535, allowed for 443"
    )
    assert ask(lake, port=443).told.forward.verdict == "allowed"
    assert decided(ask(lake, port=444).told.forward) == (
        "blocked",
        "certain",
        "sg_ingress_miss",
        "sg-vpc-b",
    )


def test_the_answer_goes_to_the_port_that_asked() -> None:
    network = joined()
    low = {"RuleNumber": 90, "RuleAction": "deny", "Protocol": "6", "CidrBlock": "10.1.0.0/16"}
    entries = [low | {"PortRange": {"From": 40000, "To": 50000}}, *of(network, "acl-a")["Entries"]]
    of(network, "acl-a")["Entries"] = [one | {"Egress": False} for one in entries[:1]] + entries[1:]
    lake = at_noon(network)
    reply = ask(lake, port=443, source_port=45000).told.reply
    assert decided(reply) == ("blocked", "certain", "nacl_ingress_deny_reply", "acl-a")
    assert reply.decider.rule == "90"
    assert ask(lake, port=443, source_port=50001).told.reply.verdict == "allowed"
    assert ask(lake, port=443).told.reply.certainty == "conditional"


@pytest.mark.parametrize(
    ("icmp_type", "verdict", "answer"), [(8, "allowed", "allowed"), (3, "blocked", "unknown")]
)
def test_a_type_of_icmp_meets_the_rules_for_it(icmp_type, verdict, answer) -> None:
    network = joined()
    echo = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1}
    of(network, "sg-vpc-b")["IpPermissions"] = [echo | FROM_A]
    lake = at_noon(network)
    told = ask(lake, protocol=1, icmp_type=icmp_type).told
    assert (told.forward.verdict, told.reply.verdict) == (verdict, answer)
    assert ask(lake, protocol=1).told.forward.verdict == "unknown"


def test_the_answer_of_an_echo_has_a_type_of_its_own() -> None:
    network = joined()
    no_answers = {"RuleNumber": 90, "RuleAction": "deny", "Protocol": "1", "CidrBlock": "0.0.0.0/0"}
    entry = no_answers | {"IcmpTypeCode": {"Type": 0, "Code": -1}, "Egress": False}
    of(network, "acl-a")["Entries"].append(entry)
    told = ask(at_noon(network), protocol=1, icmp_type=8).told
    assert told.forward.verdict == "allowed"
    assert decided(told.reply) == ("blocked", "certain", "nacl_ingress_deny_reply", "acl-a")


def test_what_leaves_names_the_gateway(lake) -> None:
    leg = ask(lake, E, PUBLIC, port=443).told.forward
    assert (leg.verdict, leg.decider.element_id, leg.decider.cause) == ("leaves", "igw-1", None)


def test_the_address_of_another_vpc_than_the_route_leads_to_is_diverted(lake) -> None:
    leg = ask(lake, E, "eni-c", port=443).told.forward
    assert decided(leg)[2:] == ("route_diverted", "rtb-e")


def test_before_the_first_snapshot_nothing_is_certain() -> None:
    leg = ask(held((joined(), 5 * HOUR)), port=443).told.forward
    assert (leg.verdict, leg.certainty) == ("allowed", "probable")


def test_where_the_next_snapshot_answers_otherwise_it_is_conditional() -> None:
    later = joined()
    of(later, "pcx-b")["Status"] = {"Code": "deleted"}
    leg = ask(held((joined(), timedelta()), (later, 5 * HOUR)), port=443).told.forward
    assert (leg.verdict, leg.certainty) == ("allowed", "conditional")
    assert leg.note == "the next snapshot answers otherwise: blocked by pcx-b"


def test_what_is_in_no_snapshot_is_unknown_not_allowed() -> None:
    network = gone(joined(), "sg-vpc-b")
    leg = ask(at_noon(network), port=443).told.forward
    assert (leg.verdict, leg.certainty) == ("unknown", "unknown")
    assert leg.path[-1].outcome == "unknown"
    assert "describe-security-groups" in leg.path[-1].why


def test_who_asks_from_outside_is_met_at_the_other_end(lake) -> None:
    told = ask(lake, PUBLIC, E, port=443).told
    assert stages(told.forward)[-2:] == ["network-acl-ingress", "security-group-ingress"]
    assert told.forward.path[0].outcome == "unknown"


def test_the_remedy_is_of_what_decides_and_was_tried() -> None:
    network = joined()
    of(network, "sg-vpc-b")["IpPermissions"] = []
    told = ask(at_noon(network), port=443).told
    assert told.remedy.checked
    assert f"{E}/32" in told.remedy.aws_cli
    assert "sg-vpc-b" in told.remedy.aws_cli


def test_the_remedy_of_what_groups_and_acl_refuse_changes_both() -> None:
    network = joined()
    of(network, "sg-vpc-b")["IpPermissions"] = []
    deny = {"RuleNumber": 90, "RuleAction": "deny", "Protocol": "-1", "CidrBlock": "10.0.0.0/16"}
    of(network, "acl-b")["Entries"].append(deny | {"Egress": False})
    told = ask(at_noon(network), port=443).told
    assert decided(told.forward)[2:] == ("nacl_ingress_deny", "acl-b")
    assert told.remedy.checked
    assert "acl-b" in told.remedy.aws_cli
    assert "sg-vpc-b" in told.remedy.aws_cli


def test_a_missing_route_is_proposed_where_it_is_missing() -> None:
    network = joined()
    of(network, "rtb-t")["Routes"].pop()
    told = ask(at_noon(network), port=443).told
    assert told.remedy.text.startswith(f"Add a route to {E}/32, or to a block around it, to rtb-t")


def test_the_remedy_of_answers_is_tried_at_a_port_that_is_refused() -> None:
    network = joined()
    high = {"RuleNumber": 90, "RuleAction": "deny", "Protocol": "6", "CidrBlock": "10.1.0.0/16"}
    ports = {"PortRange": {"From": 20000, "To": 65535}, "Egress": False}
    of(network, "acl-a")["Entries"].append(high | ports)
    told = ask(at_noon(network), port=443).told
    assert (told.reply.verdict, told.reply.certainty) == ("blocked", "conditional")
    assert told.reply.at_ends["ingress"]["dst_port"] == 20000
    assert told.remedy.checked


def test_without_a_way_nothing_is_allowed() -> None:
    end = {"interface_known": True, "groups_say": "none", "acl_says": "not_evaluated"}
    end |= {"interface_id": "eni-e", "path": "unknown", "block_mode": "off"}
    end["observed_before"] = True
    end |= dict.fromkeys(
        ("groups_late", "interface_late", "group_ids", "rule_number", "network_acl_id")
    )
    ends = [end | {"direction": direction} for direction in ("egress", "ingress")]
    told = legs.leg(ends[0], [], ends[1], is_reply=False, wanted="eni-t")
    assert (told.verdict, told.certainty) == ("unknown", "unknown")
