"""The command line as people use it: what is printed where, and with which exit code."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import GOOD, HEADER, flowcause, refused

HEAVY = ("boto3", "duckdb", "polars", "pyarrow", "pyiceberg")


ROOT = Path(__file__).parents[2]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.log").write_text(GOOD)
    return folder


@pytest.mark.parametrize("arguments", [["--help"], ["ingest", "--help"], ["report", "--help"]])
def test_help_imports_nothing_heavy(arguments) -> None:
    asked = (
        "import sys\n"
        "from pipeline.cli import main\n"
        f"sys.argv = ['flowcause', *{arguments!r}]\n"
        "try:\n    main()\n"
        "except SystemExit as ended:\n    assert not ended.code, ended.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Usage" in ran.stdout
    assert ran.stderr.strip() == "[]"


@pytest.mark.parametrize("asked", ["version", "--version"])
def test_version(tmp_path, asked) -> None:
    ran = flowcause(asked, cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "0.1.0\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ingest", "files", "nowhere"], "nowhere does not exist"),
        (["ingest", "files", "empty"], "empty holds no files"),
        (["snapshot", "load", "nowhere", "--at", "2026-03-01"], "nowhere is no folder"),
        (["snapshot", "load", "empty", "--at", "2026-03-01"], "no known AWS CLI answer"),
        (["snapshot", "load", "empty", "--at", "yesterday"], "'yesterday' is no time"),
        (["attribute"], "no lake at"),
        (["report", "rejects"], "no lake at"),
        (["sql", "select 1"], "no lake at"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(tmp_path, arguments, said) -> None:
    (tmp_path / "empty").mkdir()
    assert said in refused(flowcause(*arguments, cwd=tmp_path))
    assert not (tmp_path / "lake").exists(), "nothing is half-written"


def test_a_lake_of_a_newer_form_is_refused(tmp_path, logs) -> None:
    assert flowcause("ingest", "files", logs, cwd=tmp_path).returncode == 0
    described = tmp_path / "lake" / "lake.json"
    described.write_text(json.dumps(json.loads(described.read_text()) | {"form": 99}))
    assert "newer than this flowcause reads" in refused(
        flowcause("report", "rejects", cwd=tmp_path)
    )
    assert "upgrade" in refused(flowcause("ingest", "files", logs, cwd=tmp_path))


def test_a_folder_that_is_no_lake_is_not_written_to(tmp_path, logs) -> None:
    assert "is no lake and not empty" in refused(
        flowcause("ingest", "files", logs, "--lake", logs, cwd=tmp_path)
    )
    assert [entry.name for entry in logs.iterdir()] == ["a.log"]


def test_a_declared_format_reads_lines_without_a_header(tmp_path) -> None:
    (tmp_path / "bare.log").write_text("eni-1 REJECT\n")
    ran = flowcause("ingest", "files", "bare.log", cwd=tmp_path)
    assert (ran.returncode, "--log-format" in ran.stderr) == (2, True)
    declared = ("--log-format", "${interface-id} ${action}")
    assert flowcause("ingest", "files", "bare.log", *declared, cwd=tmp_path).returncode == 0


def test_what_is_no_format_is_refused_before_a_lake_is_made(tmp_path, logs) -> None:
    declared = ("--log-format", "version account-id")
    assert "is no log format" in refused(
        flowcause("ingest", "files", logs, *declared, cwd=tmp_path)
    )
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(GOOD.encode(), mtime=0)[:-9], "gzip is cut short"),
        (b"The quick brown fox\n", "is no flow log"),
        (b"", "is empty"),
        (f"{HEADER}\n1 2 3\n".encode(), "its only line cannot be read"),
    ],
)
def test_a_bad_object_alone_fails_the_run_and_is_in_the_ledger(tmp_path, content, said) -> None:
    (tmp_path / "bad.log.gz").write_bytes(content)
    ran = flowcause("ingest", "files", "bad.log.gz", cwd=tmp_path)
    assert ran.returncode == 2
    assert said in ran.stderr
    asked = flowcause("sql", "select status, reason from ledger", "--format", "json", cwd=tmp_path)
    (row,) = json.loads(asked.stdout)
    assert row["status"] == "failed"
    assert said in row["reason"]


def test_a_bad_object_among_good_ones_leaves_them_ingested(tmp_path, logs) -> None:
    (logs / "b.log").write_text("no flow log\n")
    ran = flowcause("ingest", "files", logs, cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stdout.splitlines()[0] == "1 of 2 objects ingested, 1 failed."
    assert "b.log: is no flow log" in ran.stderr
    counted = flowcause("sql", "select count(*) as n from flows", "--format", "json", cwd=tmp_path)
    assert json.loads(counted.stdout) == [{"n": 1}]


def test_rejected_lines_alone_are_a_warning(tmp_path, logs) -> None:
    (logs / "a.log").write_text(f"{GOOD}2 3 4\n")
    ran = flowcause("ingest", "files", logs, cwd=tmp_path)
    assert ran.returncode == 0
    assert "1 line rejected (1 x has 3 fields where its format has 14)" in ran.stderr
    assert "3 lines = 1 flow + 1 rejected + 1 header" in ran.stdout


def test_ingesting_again_adds_nothing_and_says_so(tmp_path, logs) -> None:
    first = flowcause("ingest", "files", logs, cwd=tmp_path)
    again = flowcause("ingest", "files", logs, cwd=tmp_path)
    assert first.stdout.splitlines()[0] == "1 of 1 objects ingested."
    assert again.stdout == "0 of 1 objects ingested, 1 already in the lake.\n"
    assert again.returncode == 0


def test_json_is_one_document_on_stdout_and_nothing_else(tmp_path, logs) -> None:
    ran = flowcause("ingest", "files", logs, "--format", "json", cwd=tmp_path)
    assert json.loads(ran.stdout)["ingested"] == 1
    assert ran.stderr == ""
    assert json.loads(flowcause("attribute", "--format", "json", cwd=tmp_path).stdout) == {
        "records": 1,
        "written": 1,
        "replaced": 0,
        "lost": 0,
    }
    rows = json.loads(flowcause("report", "rejects", "--format", "json", cwd=tmp_path).stdout)
    assert rows[0]["cause"] == "interface_unknown"
    assert rows[0]["first_time"] == "2026-03-02T12:00:00Z"
    assert rows[0]["account_id"] == "047615872826"


def test_the_lake_is_named_by_option_before_environment_before_file(tmp_path, logs) -> None:
    (tmp_path / "flowcause.toml").write_text('[lake]\npath = "from-file"\n')
    flowcause("ingest", "files", logs, cwd=tmp_path)
    flowcause("ingest", "files", logs, cwd=tmp_path, FLOWCAUSE_LAKE="from-environment")
    flowcause(
        "ingest", "files", logs, "--lake", "named", cwd=tmp_path, FLOWCAUSE_LAKE="from-environment"
    )
    made = {path.parent.name for path in tmp_path.glob("*/lake.json")}
    assert made == {"from-file", "from-environment", "named"}


@pytest.mark.parametrize(
    "told", ["[lake\n", "[lake]\npath = 3\n", "lake = 'here'\n", '[tags]\nowner = ""\n']
)
def test_a_wrong_configuration_is_refused_by_name(tmp_path, told) -> None:
    (tmp_path / "flowcause.toml").write_text(told)
    assert "flowcause.toml" in refused(flowcause("attribute", cwd=tmp_path))


def test_reports_lists_what_there_is_to_ask(tmp_path) -> None:
    ran = flowcause("reports", cwd=tmp_path)
    assert "rejects" in ran.stdout
    assert "cross-VPC" in ran.stdout


def test_an_unknown_report_names_those_there_are(tmp_path, logs) -> None:
    flowcause("ingest", "files", logs, cwd=tmp_path)
    said = refused(flowcause("report", "reject", cwd=tmp_path))
    assert "there are coverage, dns, peering, rejects, routes" in said


def test_a_window_that_ends_before_it_begins_is_refused(tmp_path) -> None:
    window = ["--since", "2026-03-03", "--until", "2026-03-02"]
    for command in (["attribute"], ["report", "rejects"]):
        assert "the window is empty" in refused(flowcause(*command, *window, cwd=tmp_path))


def test_a_file_name_may_be_any_bytes(tmp_path, logs) -> None:
    (logs / "a.log").rename(logs / os.fsdecode(b"\xff.log"))
    assert flowcause("ingest", "files", logs, cwd=tmp_path).returncode == 0
    asked = flowcause("sql", "select uri from ledger", "--format", "json", cwd=tmp_path)
    assert json.loads(asked.stdout)[0]["uri"].endswith("\\xff.log")


def test_a_hostile_name_neither_steers_the_terminal_nor_breaks_the_line(tmp_path) -> None:
    line = refused(flowcause("ingest", "files", "\x1b[31mred\nflowcause: fine", cwd=tmp_path))
    assert "\x1b" not in line
    assert "does not exist" in line


def test_a_reader_that_goes_away_is_no_error(tmp_path, logs) -> None:
    flowcause("ingest", "files", logs, cwd=tmp_path)
    shell = f"{Path(sys.executable).parent}/flowcause sql 'from range(200000)' | head -1"
    ran = subprocess.run(
        ["bash", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    )
    assert ran.stderr == ""
