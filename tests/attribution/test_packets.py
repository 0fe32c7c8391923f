"""Packets that no log has, judged: as records would be, and in a network that is changed."""

from collections.abc import Callable
from datetime import timedelta

import polars as pl
import pytest
from network_in_memory import answered, holding, standing
from network_on_disk import at, prepare
from reference.connections import attachment, flow_log, gateway, joined
from reference.model import Snapshot
from reference.organisation import (
    ALL_IN,
    ALLOW_ALL,
    E_6,
    FAR,
    NEIGHBOUR,
    NOON,
    PUBLIC,
    PUBLIC_6,
    E,
    entry,
    organisation,
    record,
    rule,
)

from pipeline.attribution import packets
from pipeline.attribution.changed import Change
from pipeline.attribution.judge import run_stages
from pipeline.attribution.stages import STAGES, WAYS
from pipeline.engines import duckdb
from pipeline.lake.catalog import open_lake

PING = rule("icmp", (8, -1), cidr="0.0.0.0/0")
WEB = rule("tcp", (443, 443), cidr="10.0.2.0/24")
PACKET = {
    "interface_id": "eni-e",
    "direction": "ingress",
    "src_ip": FAR,
    "dst_ip": E,
    "protocol": 6,
    "src_port": 50000,
    "dst_port": 443,
    "phase": "initial",
    "start_time": NOON + timedelta(minutes=2),
}
OUT = PACKET | {"direction": "egress", "src_ip": E, "dst_ip": FAR}
REPLY = OUT | {"src_port": 443, "dst_port": 50000, "phase": "reply"}
EVER = NOON - timedelta(days=1)


@pytest.fixture
def judged(memory, tmp_path) -> Callable[..., list[dict]]:
    """Return what judges packets over snapshots."""

    def judge_packets(made: list[dict], *snapshots: Snapshot) -> list[dict]:
        with standing(memory, tmp_path, *snapshots):
            return told(memory, made)

    return judge_packets


def told(connection, made: list[dict], changes: list[Change] = ()) -> list[dict]:
    rows = pl.DataFrame(made, schema_overrides={"start_time": pl.Datetime("us", "UTC")})
    with packets.judging(connection, rows, changes):
        return packets.verdicts(connection).to_dicts()


def test_a_packet_that_groups_and_acl_let_through_is_allowed(judged) -> None:
    (row,) = judged([PACKET], organisation([WEB]))
    assert (row["allowed"], row["cause"], row["certainty"]) == (True, None, "certain")
    assert (row["blockers"], row["note"], row["alias"]) == ([], None, None)
    assert row["observed_before"] == NOON


def test_a_packet_is_judged_as_its_record_is(memory, judged, tmp_path) -> None:
    network = organisation([WEB], acl=[entry(90, "deny", cidr="10.0.2.0/24"), *ALLOW_ALL])
    with holding(memory, tmp_path, [record(dstport=80)], network):
        (of_record,) = answered(memory, STAGES, "from decisions_made")
    (row,) = judged([PACKET | {"dst_port": 80}], network)
    assert row["allowed"] is False
    assert of_record["cause"] == row["cause"] == "sg_and_nacl"
    shared = row.keys() & of_record.keys()
    assert {"certainty", "blockers", "nearest_miss", "note", "peer_ip", "rule"} <= shared
    assert {name: row[name] for name in shared} == {name: of_record[name] for name in shared}


def test_each_packet_has_its_answer_in_its_place(judged) -> None:
    made = [PACKET, PACKET | {"dst_port": 22}, PACKET, OUT, PACKET | {"interface_id": "eni-none"}]
    rows = judged(made, organisation([WEB]))
    assert [row["packet_id"] for row in rows] == [0, 1, 2, 3, 4]
    assert [row["allowed"] for row in rows] == [True, False, True, False, None]
    causes = [None, "sg_ingress_miss", None, "sg_egress_miss", "interface_unknown"]
    assert [row["cause"] for row in rows] == causes


def test_what_is_said_to_be_the_first_packet_is_certain_in_every_protocol(judged) -> None:
    made = [PACKET | {"protocol": protocol} for protocol in (17, 47)]
    for row in judged(made, organisation()):
        assert (row["cause"], row["certainty"], row["note"]) == ("sg_ingress_miss", "certain", None)


@pytest.mark.parametrize("made", [PACKET, REPLY], ids=["a question", "an answer"])
def test_what_is_allowed_keeps_the_notes_that_are_not_of_its_row(judged, made) -> None:
    (row,) = judged([made], organisation([WEB], at=NOON + timedelta(days=1)))
    assert (row["allowed"], row["certainty"]) == (True, "probable")
    assert row["note"] == "judged by a snapshot taken after the record: none precedes it"


def test_an_answer_passes_the_groups_and_is_asked_of_the_acl(judged) -> None:
    closed = [entry(100, "allow", "6", ports=(443, 443))]
    (row,) = judged([REPLY], organisation([WEB]))
    assert (row["allowed"], row["cause"], row["certainty"]) == (True, None, "certain")
    (row,) = judged([REPLY], organisation([WEB], acl=closed))
    assert (row["allowed"], row["cause"]) == (False, "nacl_egress_deny_reply")
    assert (row["rule"], row["certainty"], row["note"]) == ("32767", "certain", None)


def test_answers_need_no_rule_and_what_comes_later_a_connection(judged) -> None:
    incoming = PACKET | {"src_port": 443, "dst_port": 50000}
    made = [incoming | {"phase": phase} for phase in ("reply", "late")]
    reply, late = judged(made, organisation())
    assert (reply["allowed"], reply["cause"], reply["note"]) == (True, None, None)
    assert (reply["certainty"], late["certainty"]) == ("certain", "probable")
    assert (late["allowed"], late["cause"]) == (True, None)
    assert late["note"] == "it passes as long as a connection is tracked that it belongs to"


def test_what_may_be_an_answer_that_nobody_could_have_seen_is_unknown(judged) -> None:
    more = {"describe-flow-logs": [flow_log("REJECT")]}
    made = PACKET | {"phase": None, "protocol": 17}
    (row,) = judged([made], organisation(more=more))
    assert (row["allowed"], row["cause"]) == (None, "stage_unknown")
    assert row["certainty"] == "conditional"


BY_FLAGS_AND_PORTS = [
    (2, (50000, 443), "initial", "flags"),
    (18, (50000, 443), "reply", "flags"),
    (1, (50000, 443), "late", "flags"),
    (None, (443, 50000), "reply", "heuristic"),
    (None, (50000, 443), "initial", "heuristic"),
]


def test_where_no_phase_is_said_flags_and_ports_tell_it(judged) -> None:
    untold = [
        PACKET | {"phase": None, "tcp_flags": flags, "src_port": ports[0], "dst_port": ports[1]}
        for flags, ports, *_ in BY_FLAGS_AND_PORTS
    ]
    rows = judged(untold, organisation([ALL_IN]))
    expected = [(phase, source) for *_, phase, source in BY_FLAGS_AND_PORTS]
    assert [(row["phase"], row["phase_source"]) for row in rows] == expected
    assert all(row["allowed"] for row in rows)
    # What does not begin a connection passes only while there is one.
    assert [row["certainty"] for row in rows] == ["certain", *["probable"] * 4]
    assert ["a connection is tracked" in (row["note"] or "") for row in rows] == [
        row["phase"] != "initial" for row in rows
    ]


def test_what_has_no_phase_and_no_flags_is_judged_as_the_first(judged) -> None:
    (row,) = judged([PACKET | {"phase": None, "protocol": 17}], organisation([ALL_IN]))
    assert (row["phase"], row["allowed"], row["certainty"]) == ("unknown", True, "probable")
    assert row["note"] == "judged as the first packet of a flow: the protocol has no flags to tell"


def test_records_of_the_lake_do_not_count(tmp_path) -> None:
    earlier = record(
        action="ACCEPT",
        protocol=17,
        tcp_flags=None,
        flow_direction="egress",
        srcaddr=E,
        dstaddr=FAR,
        srcport=443,
        dstport=50000,
    )
    settings = prepare(tmp_path, [earlier], organisation([WEB]))
    with packets.opened(open_lake(settings.lake)) as connection:
        (row,) = told(connection, [PACKET | {"phase": None, "protocol": 17}])
        assert duckdb.select(connection, "from flows").num_rows == 0
    assert row["phase"] == "unknown"


@pytest.mark.parametrize(
    ("after", "certainty"),
    [([WEB], "certain"), ([], "conditional")],
)
def test_the_snapshot_before_judges_and_the_next_is_compared(judged, after, certainty) -> None:
    later = at(organisation(after), NOON + timedelta(hours=1))
    early = PACKET | {"start_time": NOON - timedelta(hours=1)}
    rows = judged([PACKET, early], organisation([WEB]), later)
    assert [row["allowed"] for row in rows] == [True, True]
    assert [row["certainty"] for row in rows] == [certainty, "probable"]


def test_what_is_not_known_is_not_said_to_be(judged) -> None:
    echo = {"protocol": 1, "src_port": None, "dst_port": None}
    made = [PACKET | echo, PACKET | {"src_ip": "nowhere"}, PACKET | {"start_time": None}]
    rows = judged([*made, PACKET | {"dst_port": None}], organisation([PING, WEB]))
    assert [(row["allowed"], row["certainty"]) for row in rows] == [
        (None, "conditional"),
        (None, "unknown"),
        (None, "unknown"),
        (None, "unknown"),
    ]
    causes = ["depends_on_icmp_type", "stage_unknown", "interface_unknown", "stage_unknown"]
    assert [row["cause"] for row in rows] == causes


@pytest.mark.parametrize("snapshots", [[], [organisation([WEB], without=["acl-e"])]])
def test_what_no_snapshot_holds_is_unknown(judged, snapshots) -> None:
    (row,) = judged([PACKET], *snapshots)
    assert (row["allowed"], row["certainty"]) == (None, "unknown")
    assert "describe-network" in row["note"]


def test_what_a_later_call_said_is_not_certain(judged) -> None:
    """The groups were first asked for after the packet; the interface was known before it."""
    first = organisation([WEB], without=["describe-security-groups"])
    later = at(organisation([WEB]), NOON + timedelta(hours=1))
    (row,) = judged([PACKET], first, later)
    assert (row["allowed"], row["certainty"]) == (True, "probable")


def test_block_public_access_lets_nothing_in(judged) -> None:
    made = PACKET | {"src_ip": PUBLIC}
    (row,) = judged([made], organisation([ALL_IN], block_mode="block-ingress"))
    assert (row["allowed"], row["cause"], row["certainty"]) == (
        False,
        "block_public_access",
        "probable",
    )


def test_ipv6_and_a_neighbour(judged) -> None:
    closed = organisation([ALL_IN], acl=[])
    made = [PACKET | {"src_ip": PUBLIC_6, "dst_ip": E_6}, PACKET | {"src_ip": NEIGHBOUR}]
    public, near = judged(made, closed)
    assert (public["cause"], public["rule"]) == ("nacl_ingress_deny", "32768")
    assert (near["allowed"], near["cause"]) == (True, None)


OURS_HERE = "111111111111/eu-west-1"
RULES, ENTRIES = "security_group_rules", "network_acl_entries"
ADDED_RULE = {
    "scope": f"{OURS_HERE}/describe-security-groups",
    "group_id": "sg-e",
    "direction": "ingress",
    "protocol": "tcp",
    "from_port": 443,
    "to_port": 443,
    "cidr": f"{FAR}/32",
    "valid_from": NOON - timedelta(days=1),
}
ADDED_ENTRY = {
    "scope": f"{OURS_HERE}/describe-network-acls",
    "network_acl_id": "acl-e",
    "is_egress": False,
    "rule_number": 7,
    "rule_action": "deny",
    "protocol": "-1",
    "cidr": "10.0.0.0/8",
    "valid_from": NOON - timedelta(days=1),
}
GONE = {"network_acl_id": "acl-e", "is_egress": False, "rule_number": 90}


def test_rows_that_are_added_and_taken_away_count(memory, tmp_path) -> None:
    closed = organisation([], acl=[entry(90, "deny", cidr="10.0.2.0/24"), *ALLOW_ALL])
    rule_too = Change(RULES, pl.DataFrame([ADDED_RULE]))
    entry_gone = Change(ENTRIES, removed=pl.DataFrame([GONE]))
    another = Change(ENTRIES, pl.DataFrame([ADDED_ENTRY]), pl.DataFrame([GONE]))
    with standing(memory, tmp_path, closed):
        causes = [
            told(memory, [PACKET], changes)[0]["cause"]
            for changes in ([rule_too], [entry_gone], [rule_too, entry_gone])
        ]
        assert causes == ["nacl_ingress_deny", "sg_ingress_miss", None]
        (row,) = told(memory, [PACKET], [rule_too, another])
        assert (row["cause"], row["rule"]) == ("nacl_ingress_deny", "7")


def test_one_connection_serves_many_judgings_and_keeps_none(memory, tmp_path) -> None:
    incomplete = Change(RULES, pl.DataFrame([{"group_id": "sg-e"}]))
    with standing(memory, tmp_path, organisation()):
        (before,) = told(memory, [PACKET])
        (changed,) = told(memory, [PACKET], [Change(RULES, pl.DataFrame([ADDED_RULE]))])
        assert told(memory, [PACKET]) == [before]
        assert (before["allowed"], changed["allowed"]) == (False, True)
        with pytest.raises(duckdb.duckdb.CatalogException):
            told(memory, [PACKET], [incomplete, Change("nothing")])
        assert told(memory, [PACKET]) == [before]


def test_judging_once_more_by_other_changes_says_what_judging_anew_says(memory, tmp_path) -> None:
    """Only what reads the changed tables is judged again; nothing else may depend on them."""
    closed = organisation([], acl=[entry(90, "deny", cidr="10.0.2.0/24"), *ALLOW_ALL])
    made = [PACKET, OUT, REPLY, PACKET | {"src_ip": NEIGHBOUR}, PACKET | {"dst_port": 22}]
    rule_too = Change(RULES, pl.DataFrame([ADDED_RULE]))
    of_group = ADDED_RULE | {"cidr": None, "referenced_group_id": "sg-e", "protocol": "-1"}
    entry_gone = Change(ENTRIES, removed=pl.DataFrame([GONE]))
    turns = [
        [Change(RULES, pl.DataFrame([of_group]))],
        [rule_too, entry_gone],
        [Change(ENTRIES, pl.DataFrame([ADDED_ENTRY]), pl.DataFrame([GONE]))],
        [],
    ]
    with standing(memory, tmp_path, closed):
        anew = [told(memory, made, changes) for changes in turns]
        once_more, before = [], [rule_too]
        with packets.judging(memory, pl.DataFrame(made), before):
            for changes in turns:
                packets.rejudge(memory, changes, before)
                once_more.append(packets.verdicts(memory).to_dicts())
                before = changes
    assert once_more == anew
    assert len({str(rows) for rows in anew}) == len(turns)


def test_what_the_stages_say_can_be_read_while_they_stand(memory, tmp_path) -> None:
    rows = pl.DataFrame([PACKET, PACKET | {"dst_port": 22}])
    read = (
        "select c.key_id, g.groups_say, a.acl_says from case_questions as c "
        "join group_answers as g on c.question_id = g.question_id "
        "join acl_answers as a on c.question_id = a.question_id order by c.key_id"
    )
    with standing(memory, tmp_path, organisation([WEB])), packets.judging(memory, rows):
        stages = duckdb.select(memory, read).to_pylist()
    assert [tuple(row.values()) for row in stages] == [(0, "match", "allow"), (1, "miss", "allow")]


def test_the_way_of_a_packet_can_be_asked_for(tmp_path) -> None:
    """Over a lake: what is opened has all that the stages of the way read."""
    settings = prepare(tmp_path, [], organisation([WEB]))
    with (
        packets.opened(open_lake(settings.lake)) as connection,
        packets.judging(connection, pl.DataFrame([OUT])),
    ):
        run_stages(connection, WAYS, {})
        (hop,) = duckdb.select(connection, "from ways").to_pylist()
    assert (hop["stage"], hop["outcome"]) == ("route-table", "unknown")
    assert "describe-route-tables" in hop["note"]


def test_a_reference_over_a_transit_gateway_that_does_not_say_leaves_it_unknown(judged) -> None:
    more = joined(attachment("vpc-a"), attachment("vpc-p"), by=gateway(None))
    network = organisation([rule("-1", group="sg-p")], peering="deleted", more=more)
    (row,) = judged([PACKET | {"src_ip": "10.1.0.20"}], network)
    assert (row["allowed"], row["cause"]) == (None, "stage_unknown")
    assert "describe-transit-gateways" in row["note"]


def test_changes_of_one_table_are_made_in_their_order(memory, tmp_path) -> None:
    gone = pl.DataFrame([ADDED_RULE])
    added, removed = (
        Change(RULES, gone),
        Change(RULES, removed=gone.select("group_id", "direction")),
    )
    with standing(memory, tmp_path, organisation()):
        for changes, allowed in (
            ([added], True),
            ([added, removed], False),
            ([removed, added], True),
        ):
            assert told(memory, [PACKET], changes)[0]["allowed"] is allowed
