"""A disk that is full, or refuses: one line says so, the lake is readable, a rerun completes it."""

import errno
import os
import re
import shutil
import subprocess
from random import Random

import balance
import gate
import pytest

from pipeline.lake import ledger
from pipeline.lake.catalog import find_lake

RIGHT = "give yourself the right to write there, or name another lake with --lake"


@pytest.fixture(scope="session")
def gated() -> None:
    if not gate.is_there():
        pytest.skip("the kernel lets no process put itself behind a gate here")


def check_that_it_was_told(ended, lake, what) -> int:
    """Check that the error comes last and once; return how many objects were said to be kept."""
    assert ended.code == 2, ended.said
    *before, last = ended.said.splitlines()
    assert last.startswith(f"flowcause: the lake at {lake}: ")
    assert what in last
    assert ended.said.count(f"the lake at {lake}") == 1
    kept = re.search(r"^(\d+) of \d+ objects ingested", "\n".join(before), re.MULTILINE)
    assert kept or not before, ended.said
    return int(kept[1]) if kept else 0


def ingested(lake) -> int:
    there = find_lake(lake)
    return len(ledger.ingested(there).ids) if there else 0


@pytest.mark.usefixtures("gated")
@pytest.mark.parametrize("part", range(5))
@pytest.mark.parametrize("name", ["new", "begun"])
def test_a_disk_that_is_full_from_some_moment_on(name, part, request) -> None:
    scene = request.getfixturevalue(name)
    scene.set_up()
    number = Random(part).randint(scene.changes * part // 5 + 1, scene.changes * (part + 1) // 5)
    before = ingested(scene.lake)
    ended = scene.run(gate.fail_from(number, errno.ENOSPC))
    # SQLite does not always say why it could not write.
    kept = check_that_it_was_told(ended, scene.lake, " room")
    assert kept == ingested(scene.lake) - before
    balance.check(scene.lake)
    scene.check_a_rerun()


@pytest.mark.usefixtures("gated")
@pytest.mark.parametrize(
    ("code", "what"),
    [
        (errno.EDQUOT, ""),
        (errno.EIO, "see that the disk is sound"),
        (errno.EROFS, ""),
        (errno.EACCES, ""),
    ],
    ids=errno.errorcode.get,
)
def test_a_disk_that_refuses(begun, code, what) -> None:
    begun.set_up()
    check_that_it_was_told(begun.run(gate.fail_from(5, code)), begun.lake, what)
    balance.check(begun.lake)
    begun.check_a_rerun()


@pytest.mark.parametrize("most", [1_000, 8_000, 20_000])
def test_files_that_may_not_grow(begun, most) -> None:
    begun.set_up()
    ended = gate.run(begun.arguments, begun.lake, most=most)
    check_that_it_was_told(ended, begun.lake, "then run this again")
    balance.check(begun.lake)
    begun.check_a_rerun()


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 4 MB in memory; only root may have one, and not in every container."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no disk to be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_is_full(small_disk, begun) -> None:
    lake = small_disk / "lake"
    known = ["ingest", "files", begun.arguments[2] + "/8.log.gz", "--lake", str(lake)]
    assert gate.run(known, lake).code == 0
    fill(small_disk / "filler")
    every = ["ingest", "files", begun.arguments[2], "--lake", str(lake)]
    check_that_it_was_told(gate.run(every, lake), lake, "No space left on device")
    balance.check(lake)
    (small_disk / "filler").unlink()
    assert gate.run(every, lake).code == 0
    assert balance.contents(lake) == begun.whole


def fill(file) -> None:
    with file.open("wb", buffering=0) as filler:
        try:
            while filler.write(bytes(4096)):
                pass
        except OSError as error:
            assert error.errno == errno.ENOSPC


def test_a_disk_that_may_only_be_read(small_disk, begun) -> None:
    lake = small_disk / "lake"
    arguments = ["ingest", "files", begun.arguments[2], "--lake", str(lake)]
    assert gate.run(arguments, lake).code == 0
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    balance.check(lake)
    check_that_it_was_told(gate.run(arguments, lake), lake, RIGHT)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_others_own(tmp_path, begun) -> None:
    shutil.copytree(begun.before, tmp_path / "lake")
    (tmp_path / "others").mkdir(mode=0o555)
    lake = tmp_path / "others" / "lake"
    ended = gate.run([*begun.arguments[:3], "--lake", str(lake)], lake)
    check_that_it_was_told(ended, lake, RIGHT)
