"""Remedies that are tried: what comes of it is said, and what cannot be tried together is not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from changed_snapshots import with_changes
from network_on_disk import findings, load, prepare
from reference.model import Json, Record, Snapshot
from reference.organisation import (
    ALL_IN,
    FAR,
    NOON,
    PUBLIC,
    E,
    entry,
    interface,
    organisation,
    record,
    verdict,
)

from pipeline import api
from pipeline.lake.catalog import open_lake
from pipeline.remedies import outcomes, rounds, surroundings
from pipeline.remedies.changes import Changed, GroupRule
from pipeline.remedies.remedy import Remedy
from pipeline.remedies.trials import remedies


def proposed(folder: Path, records: list[Record], *snapshots: Snapshot) -> list[Remedy]:
    """The remedies of the findings of a small network, in the order of the report."""
    settings = prepare(folder, records, *snapshots)
    api.attribute(None, None, settings)
    return remedies(open_lake(settings.lake), findings(settings))


VPCS = {
    "describe-vpcs": [
        {
            "VpcId": "vpc-a",
            "CidrBlockAssociationSet": [
                {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}
            ],
        }
    ]
}


def group(name: str, *ingress: Json, egress: Sequence[Json] = ()) -> Json:
    return {"GroupId": name, "IpPermissions": ingress, "IpPermissionsEgress": egress}


def acl(subnet: str, *entries: Json) -> Json:
    """An ACL of one subnet, with entries that say their direction."""
    associations = [{"SubnetId": subnet}]
    return {"NetworkAclId": f"acl-{subnet}", "Associations": associations, "Entries": entries}


def test_a_rule_that_leaves_no_number_free_moves_up(tmp_path) -> None:
    network = organisation(
        [ALL_IN], acl=[entry(1, "deny", "6", ports=(443, 443)), entry(9, "allow")]
    )
    (remedy,) = proposed(tmp_path, [record()], network)
    assert (remedy.checked, remedy.check) == (
        True,
        "judged again with it: groups and ACL let it through",
    )
    moved, put = remedy.changes
    assert (moved.rule_number, moved.action, moved.ports) == (2, "deny", (443, 443))
    assert (put.rule_number, put.action, put.cidr) == (1, "allow", f"{FAR}/32")
    changed = with_changes(network, remedy.changes)
    assert verdict(record(), changed).row == 11
    # Others are refused as before.
    assert verdict(record("10.0.2.21"), changed).rule == "2"


def test_what_comes_next_at_the_other_end_and_to_the_answers_is_named(tmp_path) -> None:
    only_out = acl("subnet-e", entry(100, "allow") | {"Egress": True})
    only_in = acl("subnet-f", entry(100, "allow") | {"Egress": False})
    more = {
        "describe-security-groups": [group("sg-e"), group("sg-far")],
        "describe-network-acls": [only_out, only_in],
    }
    network = organisation(more=VPCS | more)
    (remedy,) = proposed(tmp_path, [record(direction="egress")], network)
    assert remedy.checked
    assert remedy.check == (
        "judged again with it: groups and ACL let it through; next, no rule of sg-far allows it at "
        "eni-f; next, rule 32767 of acl-subnet-e refuses its answers at eni-e"
    )


def test_what_would_refuse_it_in_place_of_what_is_changed_is_named(tmp_path) -> None:
    network = organisation(block_mode="block-bidirectional")
    (remedy,) = proposed(tmp_path, [record(PUBLIC, "egress", log_version=5)], network)
    assert remedy.aws_cli
    assert (remedy.checked, remedy.check) == (
        False,
        "judged again with it: next, VPC Block Public Access may refuse it at eni-e",
    )


def test_remedies_of_one_acl_have_numbers_of_their_own(tmp_path) -> None:
    made = [record(), record(dstport=22), record(protocol=17, tcp_flags=None)]
    told = proposed(tmp_path, made, organisation([ALL_IN], acl=[entry(50, "allow", "47")]))
    assert [change.rule_number for one in told for change in one.changes] == [100, 200, 300]
    assert all(one.checked for one in told)


def test_many_peers_that_carry_a_group_are_let_in_by_it(tmp_path) -> None:
    clients = [f"10.0.2.{number}" for number in range(30, 36)]
    interfaces = [
        interface("eni-e", "subnet-e", [E], ["sg-e"]),
        *(
            interface(f"eni-{ip[-2:]}", "subnet-f", [ip], ["sg-all", f"sg-{ip[-2:]}"])
            for ip in clients
        ),
    ]
    network = organisation(more=VPCS | {"describe-network-interfaces": interfaces})
    (remedy,) = proposed(tmp_path, [record(ip) for ip in clients], network)
    assert remedy.text == "Allow tcp/443 from the members of sg-all in sg-e."
    assert (remedy.checked, remedy.check) == (
        True,
        "judged again with it: groups and ACL let it through",
    )
    assert verdict(record(clients[0]), with_changes(network, remedy.changes)).row == 11


def test_how_much_of_a_finding_was_tried_is_said(tmp_path, monkeypatch) -> None:
    for module in (outcomes, surroundings):
        monkeypatch.setattr(module, "MOST", 1)
    (remedy,) = proposed(tmp_path, [record(), record("10.0.2.21")], organisation())
    assert (
        remedy.check
        == "judged again with it: groups and ACL let it through in 1 of its 2 pairs of ends"
    )


def test_a_verdict_that_no_longer_stands_has_nothing_to_try(tmp_path) -> None:
    """A snapshot was loaded since, and the records were not judged again."""
    settings = prepare(tmp_path, [record()], organisation(at=NOON - timedelta(hours=1)))
    api.attribute(None, None, settings)
    load(tmp_path, settings, organisation([ALL_IN]))
    (remedy,) = remedies(open_lake(settings.lake), findings(settings))
    assert (remedy.checked, remedy.check) == (
        False,
        "not judged again: it passes, as things stood at its last record",
    )


def trial(number: int, *changes: Changed, **finding) -> rounds.Trial:
    """The trial of a group's miss, of tcp/443 from one address, unless more is said."""
    made = {"direction": "ingress", "protocol": 6, "dst_ports": [443], "peer_ips": [FAR]}
    blockers = [{"element_id": finding.pop("groups", "sg-e")}]
    return rounds.trial(
        number, Remedy("", "", "", changes), made | {"blockers": blockers} | finding
    )


REFERENCE = {"cidr": None, "referenced_group_id": "sg-x"}
HTTPS = GroupRule("sg-e", "ingress", 6, (443, 443), f"{FAR}/32")


@pytest.mark.parametrize(
    ("other", "together"),
    [
        (trial(1, replace(HTTPS, group_id="sg-f"), groups="sg-f"), True),
        (trial(1, replace(HTTPS, group_id="sg-f"), groups="sg-e,sg-f"), False),
        (trial(1, replace(HTTPS, ports=(80, 80)), dst_ports=[80]), True),
        (trial(1, replace(HTTPS, ports=(80, 90)), dst_ports=[80]), False),
        (trial(1, replace(HTTPS, cidr="10.0.2.9/32"), peer_ips=["10.0.2.9"]), True),
        (
            trial(1, replace(HTTPS, **REFERENCE), peer_ips=["10.0.2.9"]),
            False,
        ),
        (trial(1, replace(HTTPS, direction="egress"), direction="egress"), True),
        (trial(1, replace(HTTPS, protocol=17), protocol=17), True),
    ],
)
def test_only_what_cannot_touch_another_is_tried_with_it(other, together) -> None:
    one = trial(0, HTTPS)
    expected = [[one, other]] if together else [[one], [other]]
    assert rounds.rounds([one, other]) == expected
