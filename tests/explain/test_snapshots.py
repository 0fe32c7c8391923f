"""Which snapshots judge a packet, and which is the next one: that of who is on the way."""

from datetime import timedelta

import pytest
from asking import ask, held, joined, kept, text_of
from reference.dumps import write_dump
from reference.organisation import NOON, OURS, REGION, STRANGER, THEIRS, rule
from wide_network import E, T, gateway_route, of, plain, route, snapshot

from pipeline import api
from pipeline.explain.answer import Answer
from pipeline.reports import explained

HOUR = timedelta(hours=1)
OTHERWISE = "the next snapshot answers otherwise: blocked by pcx-b"


def broken() -> dict:
    """The network after its peering connection was deleted."""
    network = joined()
    of(network, "pcx-b")["Status"] = {"Code": "deleted"}
    return network


def transit() -> dict:
    """E's subnet sends what is for 10.9.0.0/16 to the transit gateway, which leads it to a VPN."""
    network = plain(route("10.9.0.0/16", "tgw-1"))
    led = gateway_route("10.9.0.0/16", "tgw-attach-v", "vpn-1", "vpn")
    network[THEIRS, REGION, "search-transit-gateway-routes--tgw-rtb-1"].append(led)
    theirs = {"TransitGatewayAttachmentId": "tgw-attach-a", "TransitGatewayId": "tgw-1"}
    theirs |= {"TransitGatewayOwnerId": THEIRS, "ResourceOwnerId": OURS, "ResourceType": "vpc"}
    theirs |= {"ResourceId": "vpc-a", "State": "available"}
    network[OURS, REGION, "describe-transit-gateway-attachments"] = [theirs]
    return network


def of_account(network: dict, *accounts: str) -> dict:
    return {key: rows for key, rows in network.items() if key[0] in accounts}


def test_a_snapshot_of_who_is_not_on_the_way_is_not_the_next_one() -> None:
    """A stranger's comes between; that of both ends tells of the change."""
    strange = of_account(joined(), STRANGER)
    lake = held((joined(), 0 * HOUR), (strange, 2 * HOUR), (broken(), 6 * HOUR))
    told = ask(lake, "eni-e", "eni-t", port=443, source_port=50000).told
    for leg in (told.forward, told.reply):
        assert (leg.verdict, leg.certainty, leg.note) == ("allowed", "conditional", OTHERWISE)
    assert {row["account_id"] for row in told.snapshots} == {OURS, THEIRS}


def test_who_has_the_address_off_the_way_has_no_say() -> None:
    """The stranger's VPC has T's address, too; the routes lead to B."""
    strange = of_account(joined(), STRANGER)
    lake = held((joined(), 0 * HOUR), (strange, 2 * HOUR), (broken(), 6 * HOUR))
    told = ask(lake, E, T, port=443, source_port=50000).told
    assert (told.forward.certainty, told.forward.note) == ("conditional", OTHERWISE)
    assert {row["account_id"] for row in told.snapshots} == {OURS, THEIRS}


def test_the_owner_of_a_transit_gateway_is_on_the_way() -> None:
    """Its tables are told to its owner alone, whose next snapshot has lost the route."""
    network = transit()
    later = transit()
    later[THEIRS, REGION, "search-transit-gateway-routes--tgw-rtb-1"] = []
    theirs = of_account(later, THEIRS)
    lake = held((network, 0 * HOUR), (theirs, 6 * HOUR))
    told = ask(lake, "eni-e", "10.9.0.1", port=443).told
    assert {row["account_id"] for row in told.snapshots} == {OURS, THEIRS}
    assert told.forward.note == "the next snapshot answers otherwise: blocked by tgw-rtb-1"


def test_the_next_snapshot_of_each_account_on_the_way_counts() -> None:
    """Ours comes first and sees no change; theirs, with its route back gone, comes later."""
    later = joined()
    of(later, "rtb-t")["Routes"].pop()
    ours, theirs = of_account(joined(), OURS), of_account(later, THEIRS)
    lake = held((joined(), 0 * HOUR), (ours, 2 * HOUR), (theirs, 6 * HOUR))
    told = ask(lake, "eni-e", "eni-t", port=443, source_port=50000).told
    assert (told.forward.certainty, told.reply.certainty) == ("certain", "conditional")
    assert told.reply.note == "the next snapshot answers otherwise: blocked by rtb-t"


@pytest.mark.parametrize(
    ("block", "verdict"), [("10.1.0.0/16", "allowed"), ("10.9.0.0/16", "blocked")]
)
@pytest.mark.parametrize(("late", "certainty"), [(False, "certain"), (True, "probable")])
def test_what_a_rule_rests_on_counts_too(block, verdict, late, certainty) -> None:
    """E's only rule is to a prefix list, whose entries were first observed after the packet."""
    network = joined()
    of(network, "sg-vpc-a")["IpPermissionsEgress"] = [rule("tcp", (443, 443), prefix_list="pl-1")]
    whole = network | {(OURS, REGION, "get-managed-prefix-list-entries--pl-1"): [{"Cidr": block}]}
    lake = held((network if late else whole, 0 * HOUR), (whole, 6 * HOUR))
    told = ask(lake, "eni-e", "eni-t", port=443, source_port=50000).told
    assert (told.forward.verdict, told.forward.certainty) == (verdict, certainty)


def test_a_snapshot_that_takes_minutes_is_the_next_one_when_it_is_whole(tmp_path) -> None:
    """Its first call is answered ten minutes before the last one, which tells of the change."""
    lake = kept(tmp_path, (joined(), 0 * HOUR))
    (dump,) = write_dump([snapshot(broken(), NOON + 6 * HOUR)], tmp_path / "slow")
    for folder in (dump / "accounts").glob("*/*"):
        ends = {file: NOON + 6 * HOUR for file in folder.iterdir()}
        for file in ends:
            if "peering" in file.name:
                ends[file] += HOUR / 6
        lines = [f"{NOON:%FT%TZ} {end:%FT%TZ} {file.name}" for file, end in ends.items()]
        (folder / "times.txt").write_text("\n".join(lines) + "\n")
    api.load_snapshot(dump, NOON + 7 * HOUR, lake)
    told = ask(lake, "eni-e", "eni-t", port=443, source_port=50000).told
    assert told.forward.note == OTHERWISE


def test_the_answer_says_which_snapshots_judged_it() -> None:
    lake = held((joined(), 0 * HOUR), (joined(), 6 * HOUR))
    told = ask(lake, "eni-e", "eni-t", port=443).told
    (ours, theirs) = explained.document(Answer(told, [], []))["snapshots"]
    assert ours == {
        "account_id": OURS,
        "region": REGION,
        "observed_before": NOON,
        "observed_after": NOON + 6 * HOUR,
    }
    assert theirs["account_id"] == THEIRS
    assert (
        f"as of snapshot of 2025-06-01T12:00:00Z, 60 minutes before; compared with the next one of "
        f"2025-06-01T18:00:00Z ({OURS} {REGION}, {THEIRS} {REGION})"
    ) in text_of(Answer(told, [], []))
