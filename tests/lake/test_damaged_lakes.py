"""A damaged file of a lake is named by every command that needs it, in one line, at once."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from command import flowcause, refused
from many_commits import files, ingest
from pyiceberg.manifest import clear_manifest_cache

from pipeline import api
from pipeline.config import Settings
from pipeline.errors import LakeProblem
from pipeline.lake.catalog import open_lake

COMMANDS = {
    "status": api.lake_status,
    "compact": api.lake_compact,
    "expire": lambda settings: api.lake_expire(datetime.now(UTC), settings),
    "attribute": lambda settings: api.attribute(None, None, settings),
    "report": lambda settings: api.report("rejects", None, None, settings),
}
# What each reads of flows: expire and status have no need of the rows.
READ = {
    "catalog.db": set(COMMANDS),
    "metadata": set(COMMANDS),
    "list": set(COMMANDS),
    "manifest": set(COMMANDS),
    "data": {"compact", "attribute", "report"},
}
DAMAGE = {
    "is gone": lambda path: path.unlink(),
    "is cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "is another's": lambda path: path.write_bytes(Random(7).randbytes(path.stat().st_size)),
    "has a bad middle": lambda path: spoil(path),
}


def spoil(path: Path) -> None:
    """Turn the bits of the first half, save the four that say what it is."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[4:middle] = bytes(byte ^ 0xFF for byte in data[4:middle])
    path.write_bytes(data)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A lake, and where it can be had again."""
    folder = tmp_path_factory.mktemp("damage")
    settings = Settings(folder / "lake")
    ingest(settings, folder / "logs", range(2))
    api.attribute(None, None, settings)
    shutil.copytree(settings.lake, folder / "whole")
    return settings, folder / "whole"


@pytest.fixture
def settings(made) -> Settings:
    settings, whole = made
    shutil.rmtree(settings.lake)
    shutil.copytree(whole, settings.lake)
    clear_manifest_cache()
    return settings


def find(settings: Settings, kind: str, table: str = "flows") -> Path:
    lake = open_lake(settings.lake)
    there = lake.table(table)
    version = there.current_snapshot()
    paths = {
        "catalog.db": lambda: str(lake.path / "catalog.db"),
        "metadata": lambda: there.metadata_location,
        "list": lambda: version.manifest_list,
        "manifest": lambda: version.manifests(there.io)[0].manifest_path,
        "data": lambda: files(lake, table)[0],
    }
    path = Path(paths[kind]().removeprefix("file://"))
    clear_manifest_cache()
    return path


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("kind", READ)
def test_every_command_names_the_file_that_it_cannot_read(settings, kind, how) -> None:
    path = find(settings, kind)
    DAMAGE[how](path)
    for name in sorted(READ[kind]):
        with pytest.raises(LakeProblem) as told:
            COMMANDS[name](settings)
        said = str(told.value)
        assert path.name in said, (name, said)
        assert "restore it from a copy" in said or "lake verify" in said
        assert "\n" not in said
        clear_manifest_cache()


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("kind", [kind for kind in READ if kind != "catalog.db"])
def test_verify_finds_it(settings, kind, how) -> None:
    path = find(settings, kind, "ledger")
    DAMAGE[how](path)
    assert ("ledger", str(path)) in [
        (row["finding"].split()[0], row["uri"])
        for row in api.lake_verify(settings)
        if row["check"] == "files"
    ]


@pytest.mark.parametrize("kind", READ)
def test_an_ingest_and_its_dry_run_stop_with_its_name(settings, tmp_path, kind) -> None:
    path = find(settings, kind, "ledger")
    DAMAGE["is another's"](path)
    log = tmp_path / "a.log"
    log.write_text("interface-id start\neni-1 1772452800\n")
    with pytest.raises(LakeProblem, match=path.name):
        api.ingest_files([log], settings)
    with pytest.raises(LakeProblem, match=path.name):
        api.plan_ingest([api.Source("files", str(log))], settings)


def test_on_the_command_line_it_is_one_line_and_exit_code_2(settings) -> None:
    path = find(settings, "manifest")
    DAMAGE["is another's"](path)
    line = refused(flowcause("lake", "status", cwd=settings.lake.parent))
    assert line == (
        f"flowcause: {path} cannot be read: it is no whole Avro file; it is a file of flows: "
        "restore it from a copy of the lake, or ingest again into a new one"
    )


def test_what_is_no_damage_keeps_its_traceback(settings, monkeypatch) -> None:
    def fail(*_):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("pipeline.reports.soundness.extents", fail)
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        api.lake_status(settings)
