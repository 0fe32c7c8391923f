"""Counts and sizes in words: one of a thing is no plural, and a guess is no size."""

import json

import pytest

from pipeline.ingest.listing import Listing
from pipeline.lake.expire import Expired
from pipeline.reports import ingested, summaries, upkeep
from pipeline.reports.terminal import readable
from pipeline.sizes import told
from pipeline.snapshots.keep import Kept
from pipeline.sources.objects import SourceObject


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (15_000, "15.0 kB"),
        (150_000, "150 kB"),
        (2 * 10**12, "2.0 TB"),
        (2 * 10**15, "2,000 TB"),
    ],
)
def test_bytes_are_told_in_decimal_units(count, said) -> None:
    assert told(count) == said


def test_one_of_a_thing_is_no_plural(capsys) -> None:
    upkeep.show_expired(Expired(versions=1, files=1, bytes=1), as_document=False)
    summaries.show_snapshot(Kept(1, 0, 1, [], [], [], None), as_document=False)
    assert capsys.readouterr().out == (
        "1 version let go, 1 file deleted (1 byte).\n1 call observed, 1 row of inventory changed.\n"
    )


HOUR = "cloudwatch://1/eu-west-1//vpc/logs?from=2026-03-02T12%3A00%3A00%2B00%3A00"


def listing(*sizes) -> Listing:
    file = SourceObject("files", "/a%20b.log", 1500, lambda: b"")
    hour = SourceObject("cloudwatch", HOUR, 10**6, lambda: b"", guessed=True)
    return Listing([{"file": file, "hour": hour}[one] for one in sizes])


def test_a_size_that_is_guessed_is_not_shown(capsys) -> None:
    ingested.show_plan(listing("file", "hour"), as_document=False)
    file, hour, *last = capsys.readouterr().out.splitlines()
    assert file == "    1.5 kB  /a%20b.log"
    assert hour.endswith("  ?  cloudwatch://1/eu-west-1//vpc/logs?from=2026-03-02T12:00:00+00:00")
    assert " ".join(map(str.strip, last)) == (
        "2 objects would be read, 1.5 kB as stored and 1 object of a size that only reading tells."
    )
    ingested.show_plan(listing("hour", "file"), as_document=True)
    assert [row["size"] for row in json.loads(capsys.readouterr().out)] == [None, 1500]


def test_what_a_uri_hides_cannot_steer_a_terminal() -> None:
    assert readable("cloudwatch://1/r/g?filter-pattern=a%1b%0ab") == (
        "cloudwatch://1/r/g?filter-pattern=a\N{REPLACEMENT CHARACTER} b"
    )
