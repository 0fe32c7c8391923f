"""Local files as a source: what is found, in which order, and what is refused."""

from datetime import UTC, datetime

import pytest

from pipeline.errors import BadInput
from pipeline.lake.catalog import create_lake
from pipeline.sources.files import find
from pipeline.sources.objects import SourceObject, object_id


def names(found) -> list[str]:
    return [one.uri.rpartition("/")[2] for one in found]


def test_files_are_found_below_a_folder_in_order_of_their_paths(tmp_path) -> None:
    for name in ("b/2.log", "a/3.log", "a/b/1.gz", "9.log"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    found = find([tmp_path])
    assert [one.uri for one in found] == sorted(one.uri for one in found)
    assert sorted(names(found)) == ["1.gz", "2.log", "3.log", "9.log"]
    assert {one.read().decode()[-1] for one in found} == {"g", "z"}
    assert all(one.size == len(one.read()) for one in found)


def test_hidden_files_and_folders_are_passed_over(tmp_path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "log").write_text("x")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "seen").write_text("x")
    assert names(find([tmp_path])) == ["seen"]


def test_what_an_export_task_writes_to_try_its_bucket_is_passed_over(tmp_path) -> None:
    (tmp_path / "aws-logs-write-test").write_text("Permission Check Successful")
    (tmp_path / "000000.gz").write_text("x")
    assert names(find([tmp_path])) == ["000000.gz"]


def test_a_file_named_twice_is_listed_once(tmp_path) -> None:
    (tmp_path / "a.log").write_text("x")
    (tmp_path / "link.log").symlink_to(tmp_path / "a.log")
    assert len(find([tmp_path / "a.log", tmp_path / "." / "a.log", tmp_path / "link.log"])) == 1


def test_a_loop_of_links_ends(tmp_path) -> None:
    (tmp_path / "a.log").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert names(find([tmp_path])) == ["a.log"]


def test_a_missing_path_and_an_empty_folder_are_refused(tmp_path) -> None:
    with pytest.raises(BadInput, match="gone does not exist"):
        find([tmp_path / "gone"])
    with pytest.raises(BadInput, match="holds no files"):
        find([tmp_path])


@pytest.mark.parametrize(
    ("name", "time"),
    [
        (
            "123456789012_vpcflowlogs_us-east-1_fl-0a1b_20260302T1455Z_0a1b2c3d.log.gz",
            datetime(2026, 3, 2, 14, 55, tzinfo=UTC),
        ),
        ("x_20260302T1455Z_0a1b2c3d.log", datetime(2026, 3, 2, 14, 55, tzinfo=UTC)),
        ("x_20261302T1455Z_0a1b2c3d.log.gz", None),
        ("flows.log", None),
        ("", None),
    ],
)
def test_the_time_in_an_objects_name(name, time) -> None:
    assert SourceObject("files", name, 0, bytes).name_time() == time


def test_an_object_id_is_32_hex_digits_of_the_identity() -> None:
    # SHA-256 of "abc", FIPS 180-2 appendix B.1
    assert object_id("abc") == "ba7816bf8f01cfea414140de5dae2223"


def test_a_lake_below_a_folder_of_logs_is_passed_over(tmp_path) -> None:
    create_lake(tmp_path / "lake")
    (tmp_path / "a.log").write_text("x")
    assert [one.uri for one in find([tmp_path])] == [str(tmp_path / "a.log")]


@pytest.mark.parametrize("below", ["", "warehouse", "catalog.db"])
def test_what_is_of_a_lake_is_refused(tmp_path, below) -> None:
    create_lake(tmp_path / "lake")
    with pytest.raises(BadInput, match=r"is of the lake at .*: name the flow logs"):
        find([tmp_path / "lake" / below])
