"""Random networks judged twice: by the SQL, and by the evaluator that has never seen it."""

import random

from hypothesis import given, settings
from hypothesis import strategies as some
from reference.evaluator import evaluate
from reference.networks import distinct, drawn_network

from pipeline import api

# What the record and the rules decide alike for both.
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
# It decides nothing in rows 1 to 3, and there the two tell it from different ports.
PHASE = ("phase", "phase_source")


# So many records that an example that fails can be made small, and read.
FEW = 8
REFUSED = "from verdicts where cause not in (select cause from loss_causes)"


def test_the_sql_agrees_with_the_evaluator(network_seed: int, judged_network) -> None:
    network, settings = judged_network(network_seed)
    rows = api.sql(REFUSED, settings).to_pylist()
    differences = disagreements(network, {row["line_number"]: row for row in rows})
    assert not differences, "\n".join(differences[:10])


@given(rng=some.randoms(use_true_random=False))
@settings(max_examples=settings().max_examples // 5)
def test_the_sql_agrees_with_the_evaluator_on_what_hypothesis_draws(
    judge, rng: random.Random
) -> None:
    network = drawn_network(distinct(rng), f"{rng.randint(0, 255)}", FEW)
    rows = {row["line_number"]: row for row in judge(network.records, *network.snapshots)}
    lines = enumerate(network.records, 2)
    refused = {line: rows[line] for line, record in lines if record["action"] == "REJECT"}
    assert disagreements(network, refused) == []


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
            for name in (*COMPARED, *(PHASE if expected.row > 3 else ()))
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
