"""Random networks repeat, reach every row, and are written as AWS writes them."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from .connections import accepted, skipped
from .dumps import write_log as write_records
from .evaluator import evaluate
from .model import Expected
from .networks import Network, random_network, write_dump, write_log
from .organisation import record
from .shapes import check_answer

CERTAIN = ["sg_ingress_miss", "sg_egress_miss", "sg_reference_ineffective", "sg_and_nacl"]
CERTAIN += [f"nacl_{way}_deny{kind}" for way in ("ingress", "egress") for kind in ("", "_reply")]
ANSWERS = [(cause, certainty) for cause in CERTAIN for certainty in ("certain", "probable")]
ANSWERS += [(cause, "probable") for cause in ("late_packet", "no_tracked_connection")]
ANSWERS += [(cause, "probable") for cause in ("block_public_access", "unsolicited_packet")]
ANSWERS += [("stage_unknown", certainty) for certainty in ("unknown", "conditional")]


def verdicts(network: Network) -> list[Expected | None]:
    return [evaluate(one, network.snapshots, network.records) for one in network.records]


def test_the_same_seed_gives_the_same_network() -> None:
    assert random_network(7) == random_network(7)
    assert random_network(7) != random_network(8)


def test_every_row_occurs_often() -> None:
    rows: Counter[int] = Counter()
    answers: Counter[tuple[str, str]] = Counter()
    for seed in range(31):
        for verdict in verdicts(random_network(seed)):
            rows[verdict.row if verdict else 0] += 1
            if verdict:
                answers[verdict.cause, verdict.certainty] += 1
    assert {row: rows[row] for row in range(25) if rows[row] < 20} == {}
    assert {answer: answers[answer] for answer in ANSWERS if answers[answer] < 5} == {}


def test_the_dump_has_one_file_an_answer(tmp_path: Path) -> None:
    network = random_network(3)
    folders = write_dump(network, tmp_path)
    assert len(folders) == len(network.snapshots)
    for folder, snapshot in zip(folders, network.snapshots, strict=True):
        files = sorted(folder.rglob("*.json"))
        assert len(files) == len(snapshot.answers)
        for answer in snapshot.answers:
            name = answer.command + (f"--{answer.subject}" if answer.subject else "")
            path = folder / "accounts" / answer.account / answer.region / f"{name}.json"
            assert json.loads(path.read_text(encoding="utf-8")) == answer.body


def test_the_log_has_one_line_a_record(tmp_path: Path) -> None:
    network = random_network(3)
    write_log(network, tmp_path / "flows.log")
    header, *lines = (tmp_path / "flows.log").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(network.records)
    for line, one in zip(lines, network.records, strict=True):
        cells = dict(zip(header.split(" "), line.split(" "), strict=True))
        assert cells["srcaddr"] == (one["srcaddr"] or "-")
        assert cells["start"] == str(int(one["start_time"].timestamp()))


def test_reject_reason_is_a_column_from_version_8_on(tmp_path: Path) -> None:
    cases: list[tuple[int, dict[str, Any]]] = [
        (5, {"log_version": 5}),
        (8, {"log_version": 8}),
        (8, {}),
    ]
    for version, more in cases:
        write_records([record(**more)], tmp_path / "flows.log")
        header, line = (tmp_path / "flows.log").read_text(encoding="utf-8").splitlines()
        assert ("reject-reason" in header.split(" ")) == (version == 8)
        assert line.split(" ")[0] == str(version)


def test_a_log_holds_all_that_logs_hold() -> None:
    networks = [random_network(seed) for seed in range(8)]
    versions = [{one["log_version"] for one in network.records} for network in networks]
    assert sorted({version for seen in versions for version in seen}) == [5, 8]
    assert all(len(seen) == 1 for seen in versions)
    for network in networks:
        kinds = Counter(one["action"] or one["log_status"] for one in network.records)
        assert kinds["REJECT"] > 100 and kinds["ACCEPT"] > 50 and kinds["NODATA"] > 5
    assert any(one["log_status"] == "SKIPDATA" for network in networks for one in network.records)


def test_records_without_flows_are_written(tmp_path: Path) -> None:
    write_records([skipped(record(), 60, 0), accepted(record(), 30)], tmp_path / "flows.log")
    header, *lines = (tmp_path / "flows.log").read_text(encoding="utf-8").splitlines()
    gap, flow = (dict(zip(header.split(" "), line.split(" "), strict=True)) for line in lines)
    assert (gap["log-status"], gap["action"], gap["packets"]) == ("SKIPDATA", "-", "-")
    assert (flow["log-status"], flow["action"], flow["packets"]) == ("OK", "ACCEPT", "1")


def test_answers_have_the_fields_that_the_api_has() -> None:
    for seed in range(5):
        for snapshot in random_network(seed).snapshots:
            for answer in snapshot.answers:
                check_answer(answer)


def test_rule_numbers_are_unique_in_a_direction() -> None:
    for seed in range(10):
        for snapshot in random_network(seed).snapshots:
            for answer in snapshot.answers:
                for acl in answer.body.get("NetworkAcls", []):
                    numbers = [(e["Egress"], e["RuleNumber"]) for e in acl["Entries"]]
                    assert len(numbers) == len(set(numbers))
