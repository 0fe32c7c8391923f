"""The verdicts on sample_data against the truth that was planted in it."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline import api
from pipeline.engines import queries

SAMPLE = Path(__file__).parents[2] / "sample_data"
with (SAMPLE / "truth.csv").open(newline="") as file:
    TRUTH = list(csv.DictReader(file))
REFUSED = [fault for fault in TRUTH if fault["record"] == "REJECT"]
SILENT = [fault for fault in TRUTH if fault["record"] != "REJECT"]

# What of a record must be as the fault says, where it says anything but "*".
MATCHED = ("interface_id", "direction", "src_ip", "dst_ip", "protocol", "dst_port")
TOLD = ("cause", "certainty", "element_type", "element_id", "rule", "peer_vpc_id", "path")


def name(fault: dict) -> str:
    return fault["fault"]


@pytest.fixture(scope="module")
def verdicts(demo) -> list[dict]:
    return api.sql("from verdicts", demo).to_pylist()


def of(fault: dict, verdicts: list[dict]) -> list[dict]:
    return [row for row in verdicts if fits(fault, row)]


def fits(fault: dict, row: dict) -> bool:
    started = row["start_time"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return fault["first_time"] <= started <= fault["last_time"] and all(
        fault[column] in ("*", str(row[column])) for column in MATCHED
    )


def told(row: dict, columns: list[str]) -> dict[str, str]:
    return {column: row[column] or "" for column in columns}


@pytest.mark.parametrize("fault", TRUTH, ids=name)
def test_every_record_of_a_fault_has_the_verdict_that_was_planted(fault, verdicts) -> None:
    rows = of(fault, verdicts)
    assert len(rows) == int(fault["records"])
    # How sure a silent loss is depends on what is logged, and the truth says nothing of it.
    columns = [one for one in TOLD if one != "certainty" or fault["certainty"]]
    planted = {column: fault[column] for column in columns}
    assert [told(row, columns) for row in rows if told(row, columns) != planted] == []


def test_every_verdict_is_of_a_record_of_its_own_and_of_one_fault(verdicts) -> None:
    assert len({(row["object_id"], row["line_number"]) for row in verdicts}) == len(verdicts)
    faults = Counter(sum(fits(fault, row) for fault in TRUTH) for row in verdicts)
    assert faults == {1: sum(int(fault["records"]) for fault in TRUTH)}


@pytest.mark.parametrize("fault", SILENT, ids=name)
def test_a_silent_loss_is_told_on_its_leg_and_of_an_accepted_record(fault, verdicts, demo) -> None:
    rows = of(fault, verdicts)
    answers = fault["fault"] in ("no-route-back-from-the-vault", "answers-led-to-the-yard")
    assert {row["leg"] for row in rows} == {"reply" if answers else "forward"}
    assert {row["direction"] for row in rows} == {"egress"}
    accepted = api.sql("select object_id, line_number from flows where action = 'ACCEPT'", demo)
    known = {(row["object_id"], row["line_number"]) for row in accepted.to_pylist()}
    assert {(row["object_id"], row["line_number"]) for row in rows} <= known


def test_every_cause_is_planted_and_all_rows_but_those_of_doubt() -> None:
    refused = re.findall(r"\(\s*(\d+),\s*'(\w+)'", queries.text("attribution", "decision_table"))
    lost = re.findall(r"^    \('(\w+)'", queries.text("views", "loss_causes"), re.MULTILINE)
    causes = {cause for _, cause in refused} | {*lost, "unsolicited_packet"}
    assert {fault["cause"] for fault in TRUTH} == causes
    # Block Public Access without a reason in the log, a late packet that leaves, two readings.
    rows = {row for row, _ in refused} - {fault["row"] for fault in REFUSED}
    assert rows == {"9", "19", "20", "22"}


def test_the_report_names_every_fault_in_scope_with_its_element(demo) -> None:
    rows = api.report("rejects", None, None, demo).rows
    said = {(row["cause"], row["element_id"] or "", row["rule"] or "") for row in rows}
    planted = {(fault["cause"], fault["element_id"], fault["rule"]) for fault in REFUSED}
    assert planted <= said


def test_the_sample_is_small_enough_to_keep() -> None:
    assert sum(file.stat().st_size for file in SAMPLE.rglob("*") if file.is_file()) < 5_000_000
