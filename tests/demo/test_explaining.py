"""Questions about the planted faults: explain names them without a record of them."""

import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import golden
import pytest
from rich.console import Console

from pipeline import api
from pipeline.explain.question import Question
from pipeline.reports import drawn, explained
from pipeline.reports.documents import as_json

BY_RULES = ("sg_ingress_miss", "sg_egress_miss", "nacl_ingress_deny", "nacl_egress_deny")
REPLIES = ("nacl_ingress_deny_reply", "nacl_egress_deny_reply")
BY_WAY = (
    *("route_missing", "route_blackhole", "no_subnet", "no_interface", "peering_not_active"),
    *("outside_peer_cidr", "peering_not_transitive", "tgw_attachment_state", "tgw_zone"),
    *("tgw_nacl_deny", "tgw_not_associated", "tgw_no_route", "tgw_blackhole"),
)
FORWARD = (*BY_RULES, *BY_WAY, "sg_reference_ineffective")


def planted() -> list[dict]:
    """The faults of one packet each, between two addresses, that a leg of its way can show."""
    with (golden.ROOT / "sample_data/truth.csv").open(newline="") as file:
        return [
            fault
            for fault in csv.DictReader(file)
            if fault["cause"] in (*FORWARD, *REPLIES)
            and "*" not in (fault["src_ip"], fault["dst_ip"])
            and fault["path"] not in ("internet", "nat")
        ]


def question(fault: dict, demo) -> Question:
    """Ask about the packet that the fault is of, an hour after it was first there."""
    ends = [fault["src_ip"], fault["dst_ip"]]
    own = ends.index({"egress": ends[0], "ingress": ends[1]}[fault["direction"]])
    if ":" not in ends[0]:
        ends[own], ends[1 - own] = fault["interface_id"], other_end(ends[1 - own], fault, demo)
    is_reply = fault["cause"] in REPLIES or fault["dst_port"] == "*"
    source, destination = ends[::-1] if is_reply else ends
    port = int(fault["dst_port"]) if fault["dst_port"].isdigit() and not is_reply else None
    at = datetime.fromisoformat(fault["first_time"]) + timedelta(hours=1)
    return Question(source, destination, at, int(fault["protocol"]), port)


def other_end(address: str, fault: dict, demo) -> str:
    """The interface with the address in the VPC that the truth names, for others have it, too."""
    if not fault["peer_vpc_id"]:
        return address
    rows = api.sql(
        "select a.address, i.vpc_id, i.interface_id from interfaces as i "
        "inner join interface_addresses as a using (interface_id)",
        demo,
    ).to_pylist()
    place = (address, fault["peer_vpc_id"])
    found = {row["interface_id"] for row in rows if (row["address"], row["vpc_id"]) == place}
    return found.pop() if found else address


@pytest.mark.parametrize("fault", planted(), ids=lambda fault: fault["fault"])
def test_a_planted_fault_blocks_the_way(fault, demo) -> None:
    told = api.explain(question(fault, demo), demo).told
    legs = (told.forward, told.reply)
    found = {(hop.cause, hop.element_id) for leg in legs for hop in leg.blockers}
    # What is so for some ports alone is told beside what is so for most.
    some = any(f"blocked by {fault['element_id']} for" in (leg.note or "") for leg in legs)
    assert some or (fault["cause"], fault["element_id"] or None) in found


ASKED = Question(
    "shop-orders-1", "10.40.10.51", datetime(2026, 3, 2, 12, tzinfo=UTC), protocol=6, port=5432
)


@pytest.fixture(scope="module")
def answer(demo):
    return api.explain(ASKED, demo)


def test_the_answer_on_a_terminal_is_the_golden_one(answer) -> None:
    page = StringIO()
    drawn.draw(answer, Console(file=page, width=80, highlight=False))
    lines = [line.rstrip() for line in page.getvalue().splitlines()]
    assert max(map(len, lines)) <= 80
    golden.check("tests/goldens/explain.txt", "\n".join([*lines, ""]))


def test_the_answer_in_json_is_the_golden_one(answer) -> None:
    text = as_json(explained.document(answer))
    golden.check("tests/goldens/explain.json", text + "\n")


def test_the_json_has_what_is_promised(answer) -> None:
    told = json.loads(as_json(explained.document(answer)))
    assert {"question", "forward", "reply", "dns", "observed", "remedy"} <= told.keys()
    for leg in (told["forward"], told["reply"]):
        assert leg["verdict"] in ("allowed", "blocked", "leaves", "unknown")
        assert leg.keys() >= {"cause", "certainty", "element_type", "element_id", "rule"}
        for hop in leg["path"]:
            assert hop["outcome"] in ("pass", "block", "unknown")
            assert hop.keys() >= {"stage", "element_type", "element_id", "rule", "why"}
        blocking = [hop for hop in leg["path"] if hop["outcome"] == "block"]
        assert [one["stage"] for one in leg["blockers"]] == [hop["stage"] for hop in blocking]


def test_the_records_of_both_ends_are_shown(answer, demo) -> None:
    (row,) = answer.observed
    assert (row["src_ip"], row["dst_ip"], row["dst_port"]) == ("10.10.10.21", "10.40.10.51", 5432)
    assert abs(row["start_time"] - ASKED.at) <= timedelta(hours=1)
