"""Every situation beside this file: what is said of its records, against its truth.json."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from reference.dumps import read_dump, read_log
from reference.evaluator import evaluate
from reference.losses import loss
from reference.shapes import check_answer

from pipeline import api
from pipeline.config import Settings

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs/decision-table.md").read_text(encoding="utf-8")
TRUTH = {
    file.parent.name: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted(HERE.glob("*/truth.json"))
}
LOG = "flow-logs.log"
# When every snapshot was taken; the records are of noon.
TAKEN = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
ELEMENT = {"cause", "element_type", "element_id", "rule"}
VERDICT = ELEMENT | {"certainty", "direction", "phase", "blockers"}
each_situation = pytest.mark.parametrize("name", TRUTH)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory) -> dict[str, dict[int, dict[str, Any]]]:
    """All situations in one lake, each in accounts of its own: the verdicts by folder and line."""
    folder = tmp_path_factory.mktemp("situations")
    settings = Settings(folder / "lake")
    (folder / "logs").mkdir()
    for name in TRUTH:
        shutil.copy(HERE / name / LOG, folder / f"logs/{name}.log")
    api.ingest_files([folder / "logs"], settings)
    for account in HERE.glob("*/snapshot/accounts/*"):
        shutil.copytree(account, folder / "dump/accounts" / account.name)
    api.load_snapshot(folder / "dump", TAKEN, settings)
    api.attribute(None, None, settings)
    rows = api.sql("select l.uri, v.* from verdicts v join ledger l using (object_id)", settings)
    found: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in TRUTH}
    for row in rows.to_pylist():
        found[Path(row["uri"]).stem][row["line_number"]] = row
    return found


@each_situation
def test_the_verdicts_are_the_truth(verdicts, name) -> None:
    for one in TRUTH[name]["records"]:
        row = verdicts[name].get(one["line"])
        assert brief(row, one["verdict"]) == one["verdict"], one["what"]
        for part in one.get("note_names", []):
            assert part in row["note"]


@each_situation
def test_the_evaluator_says_the_same_of_the_situation_alone(name) -> None:
    snapshot, log = (
        read_dump(HERE / name / "snapshot", TAKEN),
        read_log(HERE / name / LOG),
    )
    rows = set()
    for record, one in zip(log, TRUTH[name]["records"], strict=True):
        found = evaluate(record, [snapshot], log) or loss(record, [snapshot], log)
        rows.add(found.row if found else 0)
        row = vars(found) | {"blockers": [b._asdict() for b in found.blockers]} if found else None
        assert brief(row, one["verdict"]) == one["verdict"], one["what"]
    # A pair of ends is no row of the decision table.
    assert isinstance(TRUTH[name]["row"], list) or TRUTH[name]["row"] in rows


def brief(row: dict[str, Any] | None, expected: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the truth tells of a verdict, too; all of it where the truth is that there is none."""
    if row is None or expected is None:
        return row
    blockers = [{field: one[field] for field in ELEMENT} for one in row["blockers"] or []]
    return {field: (row | {"blockers": blockers})[field] for field in expected}


@each_situation
def test_the_truth_is_of_every_line_and_of_every_part_of_a_verdict(name) -> None:
    records = TRUTH[name]["records"]
    lines = (HERE / name / LOG).read_text(encoding="utf-8").splitlines()
    assert [one["line"] for one in records] == list(range(2, len(lines) + 1))
    assert all(set(one["verdict"]) - {"leg"} == VERDICT for one in records if one["verdict"])


@each_situation
def test_the_snapshot_has_the_shapes_of_the_api(name) -> None:
    answers = read_dump(HERE / name / "snapshot", TAKEN).answers
    assert answers
    for answer in answers:
        check_answer(answer)


def test_every_row_of_both_tables_has_a_situation() -> None:
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)]
    ends = re.search(r"^\| S sends \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)[1]
    pairs = [[cell.strip() for cell in line.split("|")[1:5]] for line in ends.splitlines()]
    assert numbers and pairs
    shown = [truth["row"] for truth in TRUTH.values()]
    assert [row for row in [*numbers, *pairs] if row not in shown] == []
    assert [row for row in shown if row not in [*numbers, *pairs]] == []
