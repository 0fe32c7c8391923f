"""flowcause ingest as people use it: bare, dry, watched by people and by machines."""

import json
import sys
from io import StringIO

import pytest
from command import GOOD, HEADER, LINE, flowcause, refused
from rich.console import Console

from pipeline import api, cli
from pipeline.ingest.plan import Asked
from pipeline.ingest.summary import Summary
from pipeline.reports import progress


@pytest.fixture
def logs(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.log").write_text(GOOD.replace("eni-0a1b2c3d", f"eni-{name}"))
    return tmp_path


def declare(folder, *uris, **options):
    told = "".join(f'{key} = "{value}"\n' for key, value in options.items())
    text = "".join(f'[[source]]\nkind = "files"\nuri = "{uri}"\n{told}' for uri in uris)
    (folder / "flowcause.toml").write_text(text)


@pytest.mark.parametrize("command", [["ingest"], ["ingest", "all"], ["ingest", "--lake", "lake"]])
def test_bare_ingest_reads_every_source_of_the_file(logs, command) -> None:
    declare(logs, "one", "two")
    ran = flowcause(*command, cwd=logs)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("2 of 2 objects ingested.\n")
    again = flowcause(*command, cwd=logs)
    assert again.stdout == "0 of 2 objects ingested, 2 already in the lake.\n"


def test_bare_ingest_without_a_source_says_what_to_write(tmp_path) -> None:
    assert "no [[source]] in flowcause.toml" in refused(flowcause("ingest", cwd=tmp_path))


def test_a_source_that_fails_leaves_the_others_their_turn(logs) -> None:
    declare(logs, "one", "nowhere", "two")
    ran = flowcause("ingest", "--format", "json", cwd=logs)
    assert ran.returncode == 2
    assert ran.stderr.startswith("flowcause: nowhere does not exist")
    told = json.loads(ran.stdout)
    assert (told["ingested"], len(told["stopped"])) == (2, 1)
    status = flowcause("lake", "status", "--format", "json", cwd=logs)
    runs = {run["source"]: run["outcome"] for run in json.loads(status.stdout)["runs"]}
    assert runs["files one"] == "1 ingested, 0 failed"
    assert runs["files nowhere"].startswith("0 ingested, 0 failed; stopped: nowhere does not exist")


def test_a_dry_run_goes_on_where_a_source_fails(logs) -> None:
    declare(logs, "nowhere", "two")
    ran = flowcause("ingest", "--dry-run", cwd=logs)
    assert ran.returncode == 2
    assert ran.stderr.startswith("flowcause: nowhere does not exist")
    assert "1 object would be read" in ran.stdout


def test_what_failed_for_one_reason_is_one_line_and_commands_name_the_lake(logs) -> None:
    for number in range(7):
        (logs / "one" / f"bad{number}.log").write_text(f"{number}\n")
    (logs / "one" / "a.log").write_text(f"{GOOD}1 2 3\n")
    ran = flowcause("ingest", "files", "one", "--lake", "an other", cwd=logs)
    failed, all_failed, rejected = ran.stderr.splitlines()
    assert "one/bad0.log and 6 more: " in failed
    ask = "7 objects failed; flowcause sql \"from ledger where status = 'failed'\""
    assert all_failed == f"flowcause: {ask} --lake 'an other' shows all"
    assert "flowcause sql \"from rejected_lines\" --lake 'an other' shows them" in rejected


def test_the_document_of_a_run_that_found_nothing_new_counts_to_zero(logs) -> None:
    flowcause("ingest", "files", "one", cwd=logs)
    told = json.loads(flowcause("ingest", "files", "one", "--format", "json", cwd=logs).stdout)
    parts = ("lines", "flows", "rejected", "headers", "blanks", "skipped")
    assert {part: told[part] for part in parts} == dict.fromkeys(parts, 0)


def test_the_summary_says_what_was_read(logs) -> None:
    more = LINE.replace("REJECT OK", "- SKIPDATA")
    later = LINE.replace("1772452800 1772452860", "1772467200 1772467260")
    (logs / "one" / "b.log").write_text(f"{HEADER}\n{more}\n{later}\n{LINE} 1\n")
    ran = flowcause("ingest", "files", "one", cwd=logs)
    assert ran.stdout.splitlines() == [
        "2 of 2 objects ingested.",
        "6 lines = 3 flows + 1 rejected + 2 headers.",
        "Records: 2 REJECT, 1 SKIPDATA.",
        "Formats: 14 fields (2 objects).",
    ]
    rejected, skipped, gap, absence = ran.stderr.splitlines()
    assert "1 line rejected (1 x has 15 fields where its format has 14)" in rejected
    assert "1 SKIPDATA record:" in skipped
    assert "1 gap, hours in which an interface has no record at all, first eni-0a1b2c3d" in gap
    assert "from 2026-03-02 13:00Z to 2026-03-02 16:00Z" in gap
    assert "absence proves nothing" in absence


def test_fields_that_nobody_knows_are_named(logs) -> None:
    for name in ("one", "two"):
        text = "interface-id srcaddr action zone next-thing\neni-1 10.0.0.1 ACCEPT {} y\n"
        (logs / name / "b.log").write_text(text.format(name))
    ran = flowcause("ingest", "files", "one", cwd=logs)
    assert ran.returncode == 0
    assert ran.stderr == "flowcause: fields kept as text in overflow: next-thing, zone\n"
    told = json.loads(flowcause("ingest", "files", "two", "--format", "json", cwd=logs).stdout)
    assert told["unknown_fields"] == ["next-thing", "zone"]


@pytest.mark.parametrize(
    "verb", [["files", "x"], ["s3", "s3://b"], ["sqs", "x"], ["cloudwatch", "x"]]
)
def test_an_object_may_unpack_to_2_gib_where_nothing_else_is_said(verb, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(api, "ingest", lambda *told: asked.append(told[2]) or Summary())
    for more, most in (([], 2 * 1024**3), (["--max-object-size", "5MB"], 5_000_000)):
        monkeypatch.setattr(sys, "argv", ["flowcause", "ingest", *verb, *more])
        with pytest.raises(SystemExit):
            cli.main()
        assert asked.pop().most == most
    assert Asked().most == 2 * 1024**3


def test_a_dry_run_lists_and_makes_no_lake(logs) -> None:
    ran = flowcause("ingest", "files", "one", "two", "--dry-run", cwd=logs)
    assert ran.returncode == 0
    assert ran.stdout.splitlines()[-1].endswith("2 objects would be read, 412 bytes as stored.")
    assert not (logs / "lake").exists()
    told = flowcause("ingest", "files", "one", "--dry-run", "--format", "json", cwd=logs)
    size = (logs / "one" / "a.log").stat().st_size
    assert [row["size"] for row in json.loads(told.stdout)] == [size]


def test_structured_logs_are_a_json_object_a_line(logs) -> None:
    (logs / "one" / "bad.log").write_text("no flow log\n")
    ran = flowcause("ingest", "files", "one", "--log-json", cwd=logs)
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [line["event"] for line in lines[:-1]] == [
        "source started",
        "object failed",
        "committed",
        "source finished",
    ]
    assert (lines[-1]["level"], "is no flow log" in lines[-1]["event"]) == ("warning", True)
    assert lines[2]["flows"] == 1
    assert lines[1]["uri"].endswith("bad.log")
    assert all(line["time"].endswith("Z") for line in lines)


def test_a_run_that_is_refused_is_a_json_object_too(logs) -> None:
    declare(logs, "one")
    ran = flowcause("ingest", "--log-json", "--since", "x", cwd=logs)
    told = json.loads(ran.stderr)
    assert (ran.returncode, told["level"]) == (2, "error")
    assert told["event"].startswith("'x' is no time: ")


def test_without_it_nothing_is_logged(logs) -> None:
    (logs / "one" / "bad.log").write_text("no flow log\n")
    ran = flowcause("ingest", "files", "one", cwd=logs)
    assert all(line.startswith("flowcause: ") for line in ran.stderr.splitlines())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--max-object-size", "big"], "'big' is no size: write 500MB or 2GiB"),
        (["--max-object-size", "5i"], "'5i' is no size"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(logs, options, said) -> None:
    assert said in refused(flowcause("ingest", "files", "one", *options, cwd=logs))


def test_an_object_above_the_size_allowed_is_named(logs) -> None:
    ran = flowcause("ingest", "files", "one", "--max-object-size", "100", cwd=logs)
    assert ran.returncode == 2
    assert "one/a.log: unpacks to more than 100 bytes: raise --max-object-size" in ran.stderr


def test_the_bar_shows_objects_records_speed_and_the_time_left() -> None:
    page, seconds = StringIO(), 0
    console = Console(file=page, width=80, force_terminal=True)
    with progress.bar(console, clock=lambda: seconds) as update:
        summary = Summary(found=4000, size=10**9)
        update(summary)
        for seconds in (40, 80):
            summary.seen, summary.seen_size = 25 * seconds, 2_500_000 * seconds
            summary.seen_flows = 1234567
            update(summary)
    shown = page.getvalue()
    assert "2,000/4,000 objects, 1,234,567 records" in shown
    assert "2.5 MB/s" in shown
    assert "0:05:20" in shown, "for 800 MB"


def test_the_bar_shows_no_speed_where_sizes_are_guessed_or_no_time_has_passed() -> None:
    for guessed, clock in ((1, iter(range(10**6)).__next__), (0, lambda: 0.0)):
        page = StringIO()
        console = Console(file=page, width=80, force_terminal=True)
        with progress.bar(console, clock=clock) as update:
            summary = Summary(found=1, size=10**9, guessed=guessed)
            update(summary)
            summary.seen, summary.seen_size = 1, 10**9
            update(summary)
        assert "1/1 object, 0 records" in page.getvalue()
        assert "/s" not in page.getvalue()


def test_a_run_that_reads_nothing_leaves_no_bar() -> None:
    page = StringIO()
    with progress.bar(Console(file=page, width=80, force_terminal=True)):
        pass
    assert "objects" not in page.getvalue()


def test_a_line_is_not_broken_in_a_pipe(logs) -> None:
    fields = [
        "interface-id",
        "start",
        "bytes",
        "packets",
        "srcaddr",
        "dstaddr",
        "srcport",
        "dstport",
        "protocol",
    ]
    for number in range(2, 8):
        values = f"eni-{number} 1772452800 1 1 10.0.0.1 10.0.0.2 1 2 6".split()
        text = "\n".join(" ".join(words[:number]) for words in (fields, values))
        (logs / "one" / f"{number}.log").write_text(f"{text}\n")
    ran = flowcause("ingest", "files", "one", cwd=logs)
    (line,) = [line for line in ran.stdout.splitlines() if line.startswith("Formats: ")]
    assert len(line) > 80
    assert line.endswith("and 2 more.")


def test_nobody_is_shown_a_bar_where_nobody_watches() -> None:
    page = StringIO()
    with progress.bar(Console(file=page)) as update:
        update(Summary(found=1))
    assert page.getvalue() == ""
