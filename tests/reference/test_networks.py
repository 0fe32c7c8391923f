"""Random networks repeat, reach every row in scope, and are written as AWS writes them."""

import json
from collections import Counter
from pathlib import Path

from .evaluator import evaluate
from .networks import Network, random_network, write_dump, write_log

IN_SCOPE = [*range(9), 11, 15, 16, 17, 21, 24]
ELSEWHERE = [10, 12, 13, 14, 18, 19, 23]


def rows(network: Network) -> list[int]:
    found = [evaluate(record, network.snapshots) for record in network.records]
    return [verdict.row if verdict else 0 for verdict in found]


def test_the_same_seed_gives_the_same_network() -> None:
    assert random_network(7) == random_network(7)
    assert random_network(7) != random_network(8)


def test_every_row_occurs_often() -> None:
    seen = Counter(row for seed in range(31) for row in rows(random_network(seed)))
    assert {row: seen[row] for row in IN_SCOPE + ELSEWHERE if seen[row] < 5} == {}


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
    for line, record in zip(lines, network.records, strict=True):
        cells = dict(zip(header.split(" "), line.split(" "), strict=True))
        assert cells["srcaddr"] == (record["srcaddr"] or "-")
        assert cells["start"] == str(int(record["start_time"].timestamp()))


def test_rule_numbers_are_unique_in_a_direction() -> None:
    for seed in range(10):
        for snapshot in random_network(seed).snapshots:
            for answer in snapshot.answers:
                for acl in answer.body.get("NetworkAcls", []):
                    numbers = [(e["Egress"], e["RuleNumber"]) for e in acl["Entries"]]
                    assert len(numbers) == len(set(numbers))
