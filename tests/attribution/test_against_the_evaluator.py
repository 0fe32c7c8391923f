"""Random networks judged twice: by the SQL, and by the evaluator that has never seen it."""

from pathlib import Path

from reference.evaluator import evaluate
from reference.networks import random_network, write_dump, write_log

from pipeline import api
from pipeline.config import Settings

# What the record and the rules decide alike for both. The phase of rows 1 to 3 is left out: it
# decides nothing there, and the two tell it from different ports.
COMPARED = (
    "cause",
    "certainty",
    "element_type",
    "element_id",
    "rule",
    "direction",
    "observed_before",
    "observed_after",
    "stable",
)


def test_the_sql_agrees_with_the_evaluator(network_seed: int, tmp_path: Path) -> None:
    network = random_network(network_seed)
    differences = disagreements(network, judged(network, tmp_path))
    assert not differences, "\n".join(differences[:10])


def judged(network, folder: Path) -> dict[int, dict]:
    settings = Settings(folder / "lake")
    write_log(network, folder / "flows.log")
    api.ingest_files([folder / "flows.log"], settings)
    dumps = write_dump(network, folder / "dumps")
    ordered = sorted(network.snapshots, key=lambda snapshot: snapshot.instant)
    for dump, snapshot in zip(dumps, ordered, strict=True):
        api.load_snapshot(dump, snapshot.instant, settings)
    api.attribute(None, None, settings)
    rows = api.sql("select * from verdicts", settings).to_pylist()
    return {row["line_number"]: row for row in rows}


def disagreements(network, verdicts: dict[int, dict]) -> list[str]:
    found = []
    for number, record in enumerate(network.records, 2):
        expected = evaluate(record, network.snapshots, network.records)
        verdict = verdicts.pop(number, None)
        if expected is None or verdict is None:
            if expected is not None or verdict is not None:
                found.append(f"line {number}: {expected} against {verdict}")
            continue
        differing = [
            f"{name} {getattr(expected, name)!r} against {verdict[name]!r}"
            for name in COMPARED
            if getattr(expected, name) != verdict[name]
        ]
        if blockers(expected) != given_blockers(verdict):
            differing.append(f"blockers {blockers(expected)} against {given_blockers(verdict)}")
        if differing:
            found.append(f"line {number}, row {expected.row}: {'; '.join(differing)}; {record}")
    assert not verdicts, "verdicts on lines that are not there"
    return found


def blockers(expected) -> list[tuple]:
    return [(b.element_type, b.element_id, b.rule, b.cause) for b in expected.blockers]


def given_blockers(verdict: dict) -> list[tuple]:
    return [
        (b["element_type"], b["element_id"], b["rule"], b["cause"]) for b in verdict["blockers"]
    ]
