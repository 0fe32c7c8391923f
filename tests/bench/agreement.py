"""Random networks in which packets get lost, judged twice: by the SQL, and by the evaluator.

How often the two agree on each accepted record, whether it is of a loss and all that is said of it,
and on where each refused packet's other end is; what differs is printed, to be settled from the
specification. NETWORKS sets how many networks there are.
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "attribution"))

from losses_compared import losses, other_ends
from reference.lossy_networks import lossy_network
from reference.networks import Network, write_dump, write_log

from pipeline import api
from pipeline.config import Settings

NETWORKS = int(os.environ.get("NETWORKS", "20"))
SHOWN = 20


def main() -> None:
    lost, ends, differing = [0, 0], [0, 0], []
    for seed in range(NETWORKS):
        network = lossy_network(seed)
        verdicts = judged(network)
        for part, told in (
            (lost, losses(network, verdicts)),
            (ends, other_ends(network, verdicts)),
        ):
            for difference in told:
                part[0] += 1
                part[1] += not difference
                differing += [f"network {seed}, {difference}"] if difference else []
    for difference in differing[:SHOWN]:
        print(difference)
    print(f"accepted records judged alike: {lost[1]:,} of {lost[0]:,}")
    print(f"other ends of refused packets told alike: {ends[1]:,} of {ends[0]:,}")


def judged(network: Network) -> dict[int, dict]:
    """The verdicts of a network, by the line of the record that they are of."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(folder / "lake")
        write_log(network, folder / "flows.log")
        api.ingest_files([folder / "flows.log"], settings)
        dumps = write_dump(network, folder / "dumps")
        for dump, snapshot in zip(dumps, network.snapshots, strict=True):
            api.load_snapshot(dump, snapshot.instant, settings)
        api.attribute(None, None, settings)
        rows = api.sql("from verdicts", settings).to_pylist()
    return {row["line_number"]: row for row in rows}


if __name__ == "__main__":
    main()
