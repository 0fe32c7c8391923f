"""Who is meant by an end, and what no packet has."""

from datetime import timedelta

import pytest
from asking import ask, at_noon, joined, kept, text_of
from wide_network import E, T, of

from pipeline.errors import BadInput
from pipeline.explain.question import protocol_of


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """E is an instance with a name; its second interface has addresses of its own."""
    network = joined()
    one = of(network, "eni-e")
    one["Attachment"] = {"InstanceId": "i-e"}
    one["PrivateIpAddress"] = E
    one["TagSet"] = [{"Key": "Name", "Value": "shop"}]
    second = of(network, "eni-f")
    second["Attachment"] = {"InstanceId": "i-e"}
    second["PrivateIpAddress"] = "10.0.2.20"
    key = next(key for key in network if key[2] == "describe-network-interfaces")
    account, region, _ = key
    instance = {"InstanceId": "i-e", "VpcId": "vpc-a", "PrivateIpAddress": E}
    instance["PrivateDnsName"] = "ip-10-0-1-10.eu-west-1.compute.internal"
    reservation = {"OwnerId": account, "Instances": [instance]}
    network[account, region, "describe-instances"] = [reservation]
    return kept(tmp_path_factory.mktemp("named"), (network, timedelta()))


@pytest.mark.parametrize(
    "text", [E, "eni-e", "i-e", "shop", "ip-10-0-1-10.eu-west-1.compute.internal"]
)
def test_an_end_is_known_by_its_address_its_ids_and_its_names(named, text) -> None:
    told = ask(named, text, port=443).told
    assert (told.source.interface_id, told.source.ipv4) == ("eni-e", E)


def test_the_address_that_was_asked_for_is_that_of_the_packet(named) -> None:
    told = ask(named, "2600:1f18:a:1::10", "2600:1f18:b:1::20", port=443).told
    assert (told.source.ipv4, told.source.ipv6) == (None, "2600:1f18:a:1::10")
    assert told.destination.ipv6 == "2600:1f18:b:1::20"


def test_a_name_of_several_is_refused_with_what_it_may_be() -> None:
    network = joined()
    for one in ("eni-e", "eni-f"):
        of(network, one)["TagSet"] = [{"Key": "Name", "Value": "web"}]
    lake = at_noon(network)
    with pytest.raises(BadInput, match=r"'web' may be eni-e \(10\.0\.1\.10, vpc-a\), eni-f"):
        ask(lake, "web")
    with pytest.raises(BadInput, match=r"'web' may be .*: name one of them with --to"):
        ask(lake, E, "web")


def test_a_source_that_is_not_there_is_refused(lake) -> None:
    with pytest.raises(BadInput, match="no interface, instance or name 'nobody'"):
        ask(lake, "nobody")


@pytest.mark.parametrize("text", ["eni-0a36", "i-nobody", "10.10.10.999", "10.0.0.0/8"])
def test_what_can_be_no_hosts_name_is_refused_as_a_destination_too(lake, text) -> None:
    with pytest.raises(BadInput, match=f"no interface, instance or name '{text}'"):
        ask(lake, E, text)


@pytest.mark.parametrize("text", [E, "eni-e"])
def test_what_an_interface_sends_to_itself_is_no_question(lake, text) -> None:
    with pytest.raises(BadInput, match="are one interface"):
        ask(lake, "eni-e", text)


def test_the_header_has_the_addresses_of_the_packet(lake) -> None:
    told = text_of(ask(lake, "eni-e", "2600:1f18:b:1::20", port=443))
    assert told.startswith("eni-e (2600:1f18:a:1::10) \N{RIGHTWARDS ARROW} 2600:1f18:b:1::20")


def test_ends_of_two_families_have_no_packet(lake) -> None:
    with pytest.raises(BadInput, match="no addresses of one family"):
        ask(lake, E, "2600:1f18:b:1::20")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"protocol": 1, "port": 80}, "has no ports"),
        ({"icmp_type": 8}, "has no ICMP type"),
        ({"protocol": 1, "icmp_code": 0}, "give --icmp-type, too"),
        ({"port": 70000}, "70000 is out of range"),
        ({"protocol": 1, "icmp_type": 256}, "256 is out of range"),
    ],
)
def test_what_no_packet_has_is_refused(lake, more, why) -> None:
    with pytest.raises(BadInput, match=why):
        ask(lake, **more)


@pytest.mark.parametrize(
    ("text", "number"), [("tcp", 6), ("UDP", 17), ("icmpv6", 58), ("47", 47), ("0", 0)]
)
def test_a_protocol_is_told_by_name_or_number(text, number) -> None:
    assert protocol_of(text) == number


@pytest.mark.parametrize("text", ["256", "-1", "http", "6.0", ""])
def test_what_is_no_protocol_is_refused(text) -> None:
    with pytest.raises(BadInput, match="no protocol"):
        protocol_of(text)


def test_an_address_that_several_have_goes_where_the_route_leads(lake) -> None:
    told = ask(lake, E, T, port=443).told
    assert told.destination.interface_id == "eni-t"
