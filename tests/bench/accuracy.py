"""How often a verdict is right, by cause: over the planted faults and over random networks.

The truth of the sample data was written when its faults were planted; that of the random networks
is what the reference evaluator says, which knows nothing of the SQL. A verdict is right if cause,
element and rule are. Printed as the README's table. NETWORKS sets how many networks there are of
each kind: with refused packets, and with lost ones.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "demo")]

from reference.evaluator import evaluate  # noqa: E402
from reference.losses import loss  # noqa: E402
from reference.lossy_networks import lossy_network  # noqa: E402
from reference.model import Expected  # noqa: E402
from reference.networks import Network, random_network, write_dump, write_log  # noqa: E402
from test_sample_data import TRUTH, of  # noqa: E402

from pipeline import api  # noqa: E402
from pipeline.config import Settings  # noqa: E402

NETWORKS = int(os.environ.get("NETWORKS", "60"))
SAMPLE = ROOT / "sample_data"
DAYS = {
    "day-one": datetime(2026, 3, 1, 22, tzinfo=UTC),
    "day-two": datetime(2026, 3, 3, tzinfo=UTC),
}
TOLD = ("cause", "element_id", "rule")


class Judged(NamedTuple):
    """One record: its true cause, whether the verdict is right, and how sure it says it is."""

    cause: str
    is_right: bool
    certainty: str


def main() -> None:
    planted = list(sample())
    generated = [one for seed in range(NETWORKS) for part in (refused, lost) for one in part(seed)]
    print("| cause | planted | right | generated | right | wrong though certain |")
    print("|---|--:|--:|--:|--:|--:|")
    for cause in [*sorted({one.cause for one in (*planted, *generated)}), None]:
        of_cause = [
            [one for one in part if cause in (None, one.cause)] for part in (planted, generated)
        ]
        told = [cell for part in of_cause for cell in (f"{len(part):,}", share(part))]
        wrong = sum(
            not one.is_right and one.certainty == "certain" for part in of_cause for one in part
        )
        print(f"| {f'`{cause}`' if cause else 'all'} | {' | '.join(told)} | {wrong} |")


def share(part: list[Judged]) -> str:
    return f"{100 * sum(one.is_right for one in part) / len(part):.1f} %" if part else ""


def sample() -> Iterator[Judged]:
    """Judge the sample data, and hold every record of a fault against what was planted."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "lake")
        api.ingest_files([SAMPLE / "logs"], settings)
        for day, at in DAYS.items():
            api.load_snapshot(SAMPLE / "snapshots" / day, at, settings)
        api.attribute(None, None, settings)
        verdicts = api.sql("from verdicts", settings).to_pylist()
    for fault in TRUTH:
        rows = of(fault, verdicts)
        for row in rows:
            right = all((row[name] or "") == fault[name] for name in TOLD)
            yield Judged(fault["cause"], right, row["certainty"])
        for _ in range(int(fault["records"]) - len(rows)):
            yield Judged(fault["cause"], False, "none")


def refused(seed: int) -> Iterator[Judged]:
    """Hold every refused record of a random network against the evaluator."""
    made = random_network(seed)
    return told(made, [evaluate(one, made.snapshots, made.records) for one in made.records])


def lost(seed: int) -> Iterator[Judged]:
    """Hold every loss of a random network in which packets get lost against the evaluator."""
    made = lossy_network(seed)
    return told(made, [loss(one, made.snapshots, made.records) for one in made.records])


def told(made: Network, truth: Sequence[Expected | None]) -> Iterator[Judged]:
    """Judge a network, and hold every record that has a truth against it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "lake")
        write_log(made, Path(folder) / "flows.log")
        api.ingest_files([Path(folder) / "flows.log"], settings)
        dumps = write_dump(made, Path(folder) / "dumps")
        ordered = sorted(made.snapshots, key=lambda snapshot: snapshot.instant)
        for dump, snapshot in zip(dumps, ordered, strict=True):
            api.load_snapshot(dump, snapshot.instant, settings)
        api.attribute(None, None, settings)
        rows = api.sql("from verdicts", settings).to_pylist()
    verdicts = {row["line_number"]: row for row in rows}
    for line, expected in enumerate(truth, 2):
        if expected:
            row = verdicts.get(line, dict.fromkeys((*TOLD, "certainty")))
            right = all(row[name] == getattr(expected, name) for name in TOLD)
            yield Judged(expected.cause, right, row["certainty"])


if __name__ == "__main__":
    main()
