"""How long one question takes, over a lake of many records and a network of many rules.

The network is that of attribution.py; the days of its records are compacted, as a scheduled lake's
are. The first question is asked in a process that has only just started, the others after it. Run
by `make bench`; RECORDS sets how many records there are, VPCS how many VPCs.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import trial
from attribution import START, Network, prepare

RECORDS = int(os.environ.get("RECORDS", "100_000_000"))
ASK = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from pipeline import api
from pipeline.config import Settings
from pipeline.explain.question import Question

settings, at = Settings(Path(sys.argv[1])), datetime.fromtimestamp(int(sys.argv[2]), UTC)
took = []
for source, destination in zip(sys.argv[3::2], sys.argv[4::2]):
    begun = time.perf_counter()
    api.explain(Question(source, destination, at, port=443), settings)
    took.append(time.perf_counter() - begun)
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
print(f"first {took[0]:.2f} s, then {min(took[1:]):.2f} to {max(took[1:]):.2f} s, "
      f"peak {peak:,.0f} MB")
"""


def main() -> None:
    from pipeline import api
    from pipeline.config import Settings

    print(trial.machine())
    network = Network(1)
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), network, RECORDS, RECORDS // 20)
        lake = Path(folder) / "lake"
        api.lake_compact(Settings(lake))
        names = [name for name, _ in network.interfaces]
        ends = [end for n in range(6) for end in (names[n], names[-1 - n])]
        print(f"  explain over {RECORDS:,} records", end=": ", flush=True)
        at = str(START + 43_200)
        subprocess.run([sys.executable, "-c", ASK, lake, at, *ends], check=True)


if __name__ == "__main__":
    main()
