"""Lakes before a run of ingest, each with the run and what it leaves when nobody disturbs it."""

import gzip
import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import balance
import gate
import pytest
import servers

from pipeline.lake.catalog import FORM, NAMESPACE, open_lake
from pipeline.lake.commits import visible_version

HEADER = "version interface-id srcaddr dstaddr srcport dstport protocol bytes start end action"
TRANSIT = "tgw-id srcaddr dstaddr bytes start"
OBJECTS = 9
# Those that are in the lake already where there is one, and come last in a run.
KNOWN = (6, 7, 8)


def text(number: int) -> bytes:
    """Return an object: some have two days, some transit-gateway records, each a line too short."""
    random = Random(number)
    begun = 1772452800 + 3600 * number
    starts = [begun + 60 * n + (86400 if n % 5 == 4 and number % 2 else 0) for n in range(20)]
    if number % 4 == 3:
        lines = [
            f"tgw-{n} 10.0.0.1 10.1.0.1 {random.randrange(9999)} {s}"
            for n, s in (enumerate(starts))
        ]
        return "\n".join([TRANSIT, *lines, "tgw-1", ""]).encode()
    lines = [
        f"2 eni-{n} 10.0.0.1 10.0.0.2 5 4 6 {random.randrange(9999)} {s} {s + 60} REJECT"
        for n, s in enumerate(starts)
    ]
    return "\n".join([HEADER, *lines, "1 2 3", ""]).encode()


@dataclass
class Scene:
    """A lake before a run, the run, and what it leaves when nobody disturbs it."""

    lake: Path
    before: Path
    arguments: list[str]
    environ: dict[str, str]
    whole: dict
    changes: int
    seconds: float

    def set_up(self) -> None:
        shutil.rmtree(self.lake, ignore_errors=True)
        if self.before.exists():
            shutil.copytree(self.before, self.lake)

    def run(self, decide=None, after=None) -> gate.Ended:
        return gate.run(self.arguments, self.lake, decide, after, environ=self.environ)

    def kill(self, random: Random) -> gate.Ended:
        """Run and kill before any of the changes that it makes, or sometimes by the clock."""
        if self.changes and random.random() < 0.8:
            moment = random.randint(1, self.changes)
            ended = self.run(gate.kill_at(moment))
            # What one that was killed before has left to do may be less.
            assert ended.code == -9 or ended.changes < moment, ended.said
            return ended
        return self.run(after=random.uniform(0, self.seconds))

    def check_a_rerun(self) -> None:
        ended = self.run()
        assert ended.code == 0, ended.said
        balance.check(self.lake)
        assert balance.contents(self.lake) == self.whole


def scene(folder: Path, arguments: list[str], environ: dict, prepare=lambda lake: None) -> Scene:
    lake, before = folder / "lake", folder / "before"
    prepare(lake)
    if lake.exists():
        shutil.copytree(lake, before)
    made = Scene(lake, before, [*arguments, "--lake", str(lake)], environ, {}, 0, 0)
    began = time.monotonic()
    ended = made.run((lambda count, call: gate.PASS) if gate.is_there() else None)
    assert ended.code == 0, ended.said
    made.whole, made.changes = balance.contents(lake), ended.changes
    made.seconds = time.monotonic() - began
    return made


@pytest.fixture(scope="session")
def logs(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    for number in range(OBJECTS):
        (folder / f"{number}.log.gz").write_bytes(gzip.compress(text(number), mtime=0))
    return folder


@pytest.fixture(scope="session")
def new(tmp_path_factory, logs) -> Scene:
    """There is no lake."""
    return scene(tmp_path_factory.mktemp("new"), ["ingest", "files", str(logs)], {})


@pytest.fixture(scope="session")
def begun(tmp_path_factory, logs) -> Scene:
    """There is a lake with some of the objects."""

    def some(lake: Path) -> None:
        files = [str(logs / f"{number}.log.gz") for number in KNOWN]
        assert gate.run(["ingest", "files", *files, "--lake", str(lake)], lake).code == 0

    return scene(tmp_path_factory.mktemp("begun"), ["ingest", "files", str(logs)], {}, some)


@pytest.fixture(scope="session")
def dead(tmp_path_factory, logs) -> Scene:
    """There is a lake with a batch that died before its last commit: it is to be rolled back."""
    arguments = ["ingest", "files", str(logs)]

    def half(lake: Path) -> None:
        files = [str(logs / f"{number}.log.gz") for number in KNOWN]
        assert gate.run(["ingest", "files", *files, "--lake", str(lake)], lake).code == 0
        if gate.is_there():
            told = [*arguments, "--lake", str(lake)]
            assert gate.run(told, lake, after_the_first_commit()).code == -9
            there = open_lake(lake)
            newest = there.table("flows").current_snapshot().snapshot_id
            assert newest != visible_version(there, "flows"), "no batch is half-way"

    return scene(tmp_path_factory.mktemp("dead"), arguments, {}, half)


@pytest.fixture(scope="session")
def older(tmp_path_factory, logs) -> Scene:
    """There is a lake of an older form, which the run brings up to date."""

    def old(lake: Path) -> None:
        files = [str(logs / f"{number}.log.gz") for number in KNOWN]
        assert gate.run(["ingest", "files", *files, "--lake", str(lake)], lake).code == 0
        there = open_lake(lake)
        there.catalog.drop_table((NAMESPACE, "flow_logs"))
        with there.table("runs").update_schema() as update:
            update.delete_column("read_until")
        (lake / "lake.json").write_text(json.dumps({"form": FORM - 1, "path": str(lake)}))

    return scene(tmp_path_factory.mktemp("older"), ["ingest", "files", str(logs)], {}, old)


def after_the_first_commit():
    """Return a moment to kill at: SQLite deletes its journal when it has committed."""
    deleted = []

    def decide(count, call):
        if deleted:
            return gate.KILL
        deleted.extend([call] * call.startswith("unlink"))
        return gate.PASS

    return decide


@pytest.fixture(scope="session")
def s3(tmp_path_factory, s3_server, logs) -> Scene:
    """There is no lake, and the objects are in S3."""
    bucket = servers.Bucket(s3_server, "killed")
    for file in logs.iterdir():
        bucket.put(file.name, file.read_bytes())
    arguments = ["ingest", "s3", "s3://killed", "--endpoint-url", s3_server]
    return scene(tmp_path_factory.mktemp("s3"), arguments, servers.ENVIRON)
