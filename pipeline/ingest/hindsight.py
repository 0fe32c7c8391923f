"""What can be told of a run only when it is over, by all that the lake has then."""

from pathlib import Path

from pipeline.errors import LakeProblem
from pipeline.ingest.gaps import gaps
from pipeline.ingest.summary import Summary
from pipeline.lake import damage, ledger
from pipeline.lake.catalog import find_lake


def tell(path: Path, summary: Summary, run_id: str) -> None:
    """Put into the summary the gaps that the run left, and what the lake has from elsewhere, too.

    A lake that refuses to be read is put into `stopped`, if it is not there.
    """
    if any(isinstance(problem, LakeProblem) for problem in summary.stopped):
        return
    try:
        with damage.told(path):
            lake = find_lake(path)
            if lake is not None and summary.ingested:
                summary.gaps = gaps(lake, summary.tallied())
                summary.doubled = ledger.doubled(lake, run_id)
                summary.rewritten = ledger.rewritten(lake, run_id)
    except LakeProblem as problem:
        summary.stopped.append(problem)
