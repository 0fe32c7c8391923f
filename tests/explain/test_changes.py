"""What is to be changed: how much of it there is, and what was tried."""

import pytest
from asking import ask, at_noon, joined, text_of
from reference.organisation import ALLOW_ALL, OURS, REGION, THEIRS, entry
from wide_network import interface as new_interface
from wide_network import of, plain, route, subnet

from pipeline.explain.answer import Answer


@pytest.fixture
def told():
    def asked(network, source="eni-e", destination="eni-t", **more):
        return ask(at_noon(network), source, destination, **more).told

    return asked


def inbound(*entries: dict) -> list[dict]:
    return [one | {"Egress": False} for one in entries] + [
        one | {"Egress": True} for one in ALLOW_ALL
    ]


def test_what_stays_blocked_by_something_else_is_not_checked(told) -> None:
    """E's group lets nothing out, and no route leads to B: two changes, of which one is tried."""
    network = plain()
    of(network, "sg-vpc-a")["IpPermissionsEgress"] = []
    answer = told(network, port=443)
    assert [hop.cause for hop in answer.forward.blockers] == ["sg_egress_miss", "route_missing"]
    remedy = answer.remedy
    # T's subnet has no route back either.
    assert remedy.text.startswith("First of 3 changes: Allow tcp/443 to 10.1.1.20 in sg-vpc-a.")
    assert "Then, too: rtb-e (route_missing) blocks it; rtb-t (route_missing)" in remedy.text
    assert remedy.text.endswith("blocks it on the way back.")
    assert not remedy.checked
    assert remedy.check == (
        "judged again with it: groups and ACL let it through; what else blocks it stays"
    )
    assert "sg-vpc-a" in remedy.aws_cli


@pytest.mark.parametrize(
    ("lacking", "other_end"), [("rtb-e", "10.1.1.20"), ("rtb-t", "10.0.1.10")], ids=str
)
def test_a_route_that_is_missing_is_to_lead_where_the_other_direction_goes(
    told, lacking, other_end
) -> None:
    network = joined()
    of(network, lacking)["Routes"] = [
        one for one in of(network, lacking)["Routes"] if one.get("GatewayId") == "local"
    ]
    remedy = told(network, port=443).remedy
    assert remedy.text == (
        f"Add a route to {other_end}/32, or to a block around it, to {lacking}, by way of pcx-b."
    )
    assert f"create-route --region {REGION} " in remedy.aws_cli
    assert "--vpc-peering-connection-id pcx-b" in remedy.aws_cli


def test_the_first_change_of_a_way_names_what_else_stops_it(told) -> None:
    network = joined()
    of(network, "pcx-b")["Status"] = {"Code": "pending-acceptance"}
    of(network, "sg-vpc-b")["IpPermissions"] = []
    remedy = told(network, port=443).remedy
    assert remedy.text == (
        "First of 3 changes: Accept pcx-b: the owner of the accepter's VPC does. Then, too: "
        "sg-vpc-b (sg_ingress_miss) blocks it; pcx-b (peering_not_active) blocks it on the way "
        "back."
    )


def test_what_the_way_back_lacks_is_named_and_the_change_is_checked(told) -> None:
    network = joined()
    of(network, "sg-vpc-b")["IpPermissions"] = []
    of(network, "rtb-t")["Routes"].pop()
    remedy = told(network, port=443).remedy
    assert remedy.text.startswith("First of 2 changes: Allow tcp/443 from 10.0.1.10 in sg-vpc-b.")
    assert "rtb-t (route_missing) blocks it on the way back" in remedy.text
    assert remedy.checked


def test_what_is_not_known_of_the_way_leaves_a_change_unchecked(told) -> None:
    """E's group lets nothing out, and what lies beyond the appliance no snapshot says."""
    network = plain(route("10.1.0.0/16", "eni-f"))
    of(network, "sg-vpc-a")["IpPermissionsEgress"] = []
    remedy = told(network, port=443).remedy
    assert not remedy.checked
    assert "what is not known of its way stays" in remedy.check


def test_where_nothing_is_to_be_changed_there_is_no_first_of_changes(told) -> None:
    """What comes from the internet is refused, and an ACL would refuse its answer."""
    network = plain(route("0.0.0.0/0", "igw-1"))
    of(network, "sg-vpc-a")["IpPermissions"] = []
    deny = entry(90, "deny", cidr="8.8.8.8/32") | {"Egress": True}
    of(network, "acl-a")["Entries"] = [deny, *inbound(*ALLOW_ALL)]
    answer = told(network, "8.8.8.8", "eni-e", port=443)
    assert answer.reply.blockers[0].element_id == "acl-a"
    assert answer.remedy.text.startswith("Nothing is to be changed")
    assert "Then, too" not in answer.remedy.text


def test_what_came_of_the_trial_is_drawn(told) -> None:
    network = joined()
    of(network, "sg-vpc-b")["IpPermissions"] = []
    answer = told(network, port=443)
    assert answer.remedy.checked
    assert answer.remedy.check in text_of(Answer(answer, [], []))


def test_an_entry_for_the_type_asked_about_is_proposed_and_tried(told) -> None:
    network = joined()
    of(network, "acl-b")["Entries"] = inbound(
        entry(88, "allow", "1", kind=3), entry(90, "deny", "1", kind=8), *ALLOW_ALL
    )
    answer = told(network, protocol=1, icmp_type=8)
    assert [hop.cause for hop in answer.forward.blockers] == ["nacl_ingress_deny"]
    remedy = answer.remedy
    assert remedy.text.startswith("Allow icmp type 8 from 10.0.1.10 in acl-b with number 89")
    assert "Type=8,Code=-1" in remedy.aws_cli
    assert "icmp_type      = 8" in remedy.terraform
    assert (remedy.checked, remedy.check) == (
        True,
        "judged again with it: groups and ACL let it through",
    )


def test_a_number_that_an_entry_for_another_type_has_is_taken(told) -> None:
    network = joined()
    of(network, "acl-b")["Entries"] = inbound(
        entry(89, "allow", "1", kind=3), entry(90, "deny", "1", kind=8), *ALLOW_ALL
    )
    remedy = told(network, protocol=1, icmp_type=8, icmp_code=0).remedy
    assert "with number 88" in remedy.text
    assert "Type=8,Code=0" in remedy.aws_cli
    assert remedy.checked


def test_a_rule_for_the_type_asked_about_is_proposed_and_tried(told) -> None:
    network = joined()
    other = {"IpProtocol": "icmp", "FromPort": 3, "ToPort": -1}
    of(network, "sg-vpc-b")["IpPermissions"] = [other | {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    remedy = told(network, protocol=1, icmp_type=8).remedy
    assert '"FromPort": 8, "ToPort": -1' in remedy.aws_cli
    assert remedy.checked


def test_the_answer_of_an_echo_is_let_back_by_its_own_type(told) -> None:
    network = joined()
    of(network, "acl-a")["Entries"] = inbound(entry(90, "deny", "1", kind=0), *ALLOW_ALL)
    answer = told(network, protocol=1, icmp_type=8, icmp_code=0)
    assert answer.reply.decider.cause == "nacl_ingress_deny_reply"
    assert "Type=0,Code=-1" in answer.remedy.aws_cli
    assert answer.remedy.checked


def public_at_b() -> dict:
    """B has a block of public addresses, and an interface there; the peering leads to it."""
    network = joined()
    (blocked,) = network[OURS, REGION, "describe-vpcs"]
    blocked["BlockPublicAccessStates"] = {"InternetGatewayBlockMode": "block-bidirectional"}
    block = {"CidrBlock": "52.95.0.0/16", "CidrBlockState": {"State": "associated"}}
    network[THEIRS, REGION, "describe-vpcs"][0]["CidrBlockAssociationSet"].append(block)
    place = subnet("subnet-p", "vpc-b", THEIRS, "z1", "52.95.1.0/24")
    network[THEIRS, REGION, "describe-subnets"].append(place)
    interfaces = network[THEIRS, REGION, "describe-network-interfaces"]
    interfaces.append(new_interface("eni-p", place, "52.95.1.20"))
    of(network, "acl-b")["Associations"].append({"SubnetId": "subnet-p"})
    of(network, "rtb-t")["Associations"].append({"SubnetId": "subnet-p", "Main": False})
    of(network, "rtb-e")["Routes"].append(route("52.95.0.0/16", "pcx-b"))
    return network


def test_block_public_access_is_of_gateways_of_the_internet_alone() -> None:
    """https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html"""
    lake = at_noon(public_at_b())
    peered = ask(lake, "eni-e", "eni-p", port=443).told.forward
    assert (peered.verdict, peered.certainty) == ("allowed", "certain")
    outside = ask(lake, "eni-e", "52.94.0.1", port=443).told.forward
    assert [hop.cause for hop in outside.blockers] == ["block_public_access"]


def test_the_route_that_leads_elsewhere_is_to_be_changed(told) -> None:
    """eni-c of C was asked for, whose address T has, too: the route of E's subnet leads to T."""
    answer = told(joined(), destination="eni-c", port=443)
    hop = answer.forward.decider
    assert (hop.cause, hop.element_type, hop.element_id, hop.rule) == (
        "route_diverted",
        "route-table",
        "rtb-e",
        "10.1.0.0/16",
    )
    assert hop.why == "leads to eni-t, another interface with that address"
    assert "A route of rtb-e leads 10.1.1.20 elsewhere" in answer.remedy.text


def test_within_the_senders_vpc_no_route_leads_elsewhere(told) -> None:
    """F of E's own VPC has the address of eni-t, which was asked for."""
    network = joined()
    of(network, "eni-t")["PrivateIpAddresses"] = [{"PrivateIpAddress": "10.0.2.20"}]
    answer = told(network, port=443)
    hop = answer.forward.decider
    assert (hop.cause, hop.element_id) == ("route_diverted", "eni-f")
    assert "10.0.2.20 is that of eni-f in the sender's own VPC" in answer.remedy.text
