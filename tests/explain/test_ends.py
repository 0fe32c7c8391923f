"""Whose address it is: the routes say, and never a look-up across VPCs."""

from datetime import timedelta

import pytest
from asking import AT, ask, at_noon, joined, kept
from reference.dumps import write_log
from reference.organisation import REGION, STRANGER, THEIRS, record
from wide_network import E_6, PUBLIC, T_6, E, Network, T, acl, of, plain, route, table

from pipeline import api
from pipeline.errors import BadInput


def closed(network: Network) -> Network:
    """VPC C, which has B's block and an interface with T's address, lets nothing in."""
    (one,) = network[STRANGER, REGION, "describe-network-interfaces"]
    one["Groups"] = [{"GroupId": "sg-vpc-c"}]
    group = {"GroupId": "sg-vpc-c", "OwnerId": STRANGER}
    group |= {"IpPermissions": [], "IpPermissionsEgress": []}
    routes = [route("10.1.0.0/16", "local")]
    return network | {
        (STRANGER, REGION, "describe-security-groups"): [group],
        (STRANGER, REGION, "describe-network-acls"): [acl("acl-c", STRANGER, "subnet-c")],
        (STRANGER, REGION, "describe-route-tables"): [
            table("rtb-c", "vpc-c", ["subnet-c"], routes)
        ],
    }


def elements(told) -> set[str | None]:
    return {hop.element_id for leg in (told.forward, told.reply) for hop in leg.path}


def test_an_interface_of_another_vpc_than_the_routes_lead_to_is_no_end() -> None:
    """The route leads to B, whose account was never asked; C has the address, off the way."""
    network = closed(plain(route("10.1.0.0/16", "pcx-b")))
    network = {key: rows for key, rows in network.items() if key[0] != THEIRS}
    told = ask(at_noon(network), "eni-e", T, port=443).told
    assert (told.destination.interface_id, told.destination.ipv4) == (None, T)
    assert (told.forward.verdict, told.reply.verdict) == ("unknown", "unknown")
    assert not elements(told) & {"sg-vpc-c", "acl-c", "rtb-c", "eni-c"}
    assert told.remedy is None
    assert told.forward.path[-1].why == (
        "no route is known to lead to eni-c (10.1.1.20, vpc-c): name that with --to if it is meant"
    )


def test_where_the_way_is_stopped_nobody_off_it_is_an_end() -> None:
    told = ask(at_noon(closed(plain())), "eni-e", T, port=443).told
    assert [hop.cause for hop in told.forward.blockers] == ["route_missing"]
    assert told.destination.interface_id is None


def test_from_outside_the_address_of_several_is_to_be_named() -> None:
    lake = at_noon(closed(joined()))
    with pytest.raises(BadInput, match=r"'10.1.1.20' may be eni-c .*, eni-t .*: name one of them"):
        ask(lake, PUBLIC, T)
    assert ask(lake, PUBLIC, E).told.destination.interface_id == "eni-e"


def a_name_of(*addresses: str) -> dict:
    """A private zone of our VPC in which a name has these addresses."""
    zone = {"Id": "/hostedzone/Z1", "Name": "corp.", "Config": {"PrivateZone": True}}
    kinds = {
        kind: [one for one in addresses if (":" in one) == (kind == "AAAA")]
        for kind in ("A", "AAAA")
    }
    records = [
        {
            "Name": "db.corp.",
            "Type": kind,
            "TTL": 60,
            "ResourceRecords": [{"Value": v} for v in values],
        }
        for kind, values in kinds.items()
        if values
    ]
    vpcs = [{"VPCRegion": REGION, "VPCId": "vpc-a"}]
    return {
        "list-hosted-zones": {"HostedZones": [zone]},
        "get-hosted-zone--Z1": {"HostedZone": zone, "VPCs": vpcs},
        "list-resource-record-sets--Z1": {"ResourceRecordSets": records},
    }


def test_a_name_of_two_addresses_is_judged_at_both() -> None:
    """T is there; nothing has the other address of B's subnet."""
    lake = at_noon(joined(), ours=a_name_of(T, "10.1.1.99"))
    told = ask(lake, "eni-e", "db.corp", port=443, source_port=50000).told
    assert (told.destination.asked, told.destination.ipv4) == ("db.corp", T)
    assert (told.forward.verdict, told.forward.certainty) == ("allowed", "conditional")
    assert told.forward.note == (
        "it depends on the address: allowed for 10.1.1.20, blocked by subnet-t for 10.1.1.99"
    )


def test_a_name_of_one_address_is_sure() -> None:
    lake = at_noon(joined(), ours=a_name_of(T))
    told = ask(lake, "eni-e", "db.corp", port=443, source_port=50000).told
    assert (told.forward.verdict, told.forward.certainty) == ("allowed", "certain")
    assert told.destination.interface_id == "eni-t"


def test_an_address_of_a_family_that_the_source_lacks_is_left_out() -> None:
    network = joined()
    of(network, "eni-e")["Ipv6Addresses"] = []
    lake = at_noon(network, ours=a_name_of("2600:1f18:b:1::20", T))
    told = ask(lake, "eni-e", "db.corp", port=443, source_port=50000).told
    assert (told.forward.verdict, told.destination.ipv4) == ("allowed", T)


def test_an_address_is_known_in_each_of_its_spellings(tmp_path) -> None:
    """AWS writes the shortest one, in small letters; so do its logs."""
    network = joined()
    of(network, "rtb-e")["Routes"].append(route("2600:1f18:b::/56", "pcx-b"))
    lake = kept(tmp_path, (network, timedelta()))
    seen = record(T_6, "egress", srcaddr=E_6, interface_id="eni-e", action="ACCEPT", start_time=AT)
    write_log([seen], tmp_path / "flows.log")
    api.ingest_files([tmp_path / "flows.log"], lake)
    for text in (T_6, T_6.upper(), "2600:1f18:000b:1:0::20"):
        answer = ask(lake, "eni-e", text, port=443)
        end = answer.told.destination
        assert (end.asked, end.ipv6, end.interface_id) == (text, T_6, "eni-t")
        assert len(answer.observed) == 1
