"""Who last changed what blocks, and when: by the snapshots alone, and by CloudTrail's events."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from asking import AT, ask, held, joined, kept, text_of
from reference.organisation import NOON
from reference.trail import WHO, event, write_trail
from wide_network import PUBLIC, D, Network, T, of, own_id, plain, route

from pipeline import api
from pipeline.config import Settings

GROUP = "sg-0123456789abcdef0"
QUARTER = timedelta(minutes=15)


def network(*rules: dict) -> dict:
    """E's group lets out what these rules say; it has an id as AWS gives them."""
    made = json.loads(json.dumps(list(joined().items())).replace("sg-vpc-a", GROUP))
    told = {tuple(key): objects for key, objects in made}
    of(told, GROUP)["IpPermissionsEgress"] = list(rules)
    return told


OPEN = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture
def settings(tmp_path) -> Settings:
    """The group is open at noon, and shut a quarter of an hour later."""
    return kept(tmp_path, (network(OPEN), timedelta()), (network(), QUARTER))


def test_the_snapshots_tell_before_when_it_was_changed(settings) -> None:
    answer = ask(settings, "eni-e", "eni-t", port=443)
    assert answer.told.forward.decider.cause == "sg_egress_miss"
    assert answer.changes == [{"element_id": GROUP, "seen": NOON + QUARTER, "event": None}]
    said = f"{GROUP} was last changed before 2025-06-01T12:15:00Z, as the snapshots have it"
    assert said in text_of(answer)


def test_an_event_tells_when_and_who(settings, tmp_path) -> None:
    at = NOON + timedelta(minutes=7)
    failed = event(at + timedelta(minutes=1), 2, GROUP, errorCode="Client.UnauthorizedOperation")
    later = event(AT + timedelta(minutes=1), 3, GROUP)
    trail = write_trail([event(at, 1, GROUP), failed, later], tmp_path)
    assert api.load_changes(trail, settings) == (3, [])
    answer = ask(settings, "eni-e", "eni-t", port=443)
    (change,) = answer.changes
    assert (change["element_id"], change["event"]["event_id"]) == (GROUP, "1")
    assert f"{GROUP} was last changed at 2025-06-01T12:07:00Z by {WHO}" in text_of(answer)


def test_an_event_of_before_the_last_snapshot_without_the_change_is_not_behind_it(
    settings, tmp_path
) -> None:
    trail = write_trail([event(NOON - QUARTER, 1, GROUP)], tmp_path)
    assert api.load_changes(trail, settings) == (1, [])
    answer = ask(settings, "eni-e", "eni-t", port=443)
    assert answer.changes == [{"element_id": GROUP, "seen": NOON + QUARTER, "event": None}]


def test_what_was_so_from_the_first_is_no_change(tmp_path) -> None:
    settings = kept(tmp_path, (network(), timedelta()), (network(), QUARTER))
    assert ask(settings, "eni-e", "eni-t", port=443).changes == []


def test_what_changed_after_the_time_asked_about_is_not_told(tmp_path) -> None:
    later = AT - NOON + QUARTER
    settings = kept(tmp_path, (network(), timedelta()), (network(OPEN), later))
    assert ask(settings, "eni-e", "eni-t", port=443).changes == []


def by_gateway() -> Network:
    """Both VPCs route to each other over tgw-1."""
    made = joined()
    for table, block in (("rtb-e", "10.1.0.0/16"), ("rtb-t", "10.0.0.0/16")):
        kept = [one for one in of(made, table)["Routes"] if "VpcPeeringConnectionId" not in one]
        of(made, table)["Routes"] = [*kept, route(block, "tgw-1")]
    return made


def to_another_region() -> Network:
    """E's way to D leads over two transit gateways that are peered."""
    return plain(route("10.2.0.0/16", "tgw-1"))


def changed(made: Network, name: str, **fields) -> Network:
    """The network with other fields of an object, whichever accounts list it."""
    for objects in made.values():
        for one in objects:
            if own_id(one) == name:
                one.update(fields)
    return made


def unassociated(made: Network) -> Network:
    for (_, _, call), objects in made.items():
        if call.startswith("get-transit-gateway-route-table-associations"):
            objects[:] = [one for one in objects if own_id(one) != "tgw-attach-a"]
    return made


LOCAL = route("10.0.0.0/16", "local")
GONE = {"VpcPeeringConnectionId": "pcx-b", "Status": {"Code": "deleted"}}
# What blocks a quarter of an hour after noon, and did not before.
BLOCKERS: dict[str, tuple[Callable[[], Network], Network, str, str]] = {
    "nat-1": (joined, changed(joined(), "nat-1", State="failed"), PUBLIC, "route_blackhole"),
    "pcx-b": (joined, changed(joined(), "pcx-b", **GONE), T, "peering_not_active"),
    "rtb-e": (joined, changed(joined(), "rtb-e", Routes=[LOCAL]), T, "route_missing"),
    "acl-a": (joined, changed(joined(), "acl-a", Entries=[]), T, "nacl_egress_deny"),
    "tgw-attach-a": (
        by_gateway,
        changed(by_gateway(), "tgw-attach-a", State="deleting"),
        T,
        "tgw_attachment_state",
    ),
    "tgw-attach-a, its zones": (
        by_gateway,
        changed(by_gateway(), "tgw-attach-a", SubnetIds=["subnet-f"]),
        T,
        "tgw_zone",
    ),
    "tgw-attach-p": (
        to_another_region,
        changed(to_another_region(), "tgw-attach-p", State="failed"),
        D,
        "tgw_attachment_state",
    ),
    "tgw-attach-a, its table": (by_gateway, unassociated(by_gateway()), T, "tgw_not_associated"),
}


@pytest.mark.parametrize("name", BLOCKERS)
def test_the_snapshots_tell_it_of_whatever_blocks(name) -> None:
    before, after, peer, cause = BLOCKERS[name]
    answer = ask(held((before(), timedelta()), (after, QUARTER)), "eni-e", peer, port=443)
    decider = answer.told.forward.decider
    element = name.partition(",")[0]
    assert (decider.cause, decider.element_id) == (cause, element)
    assert {"element_id": element, "seen": NOON + QUARTER, "event": None} in answer.changes
