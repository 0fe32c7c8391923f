"""Events of CloudWatch Logs come late, and again: each is in the lake once, whoever reads when."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline import api
from pipeline.config import Settings
from pipeline.errors import BadInput
from pipeline.ingest import doubles, run
from pipeline.ingest.read import Terms
from pipeline.ingest.summary import Summary
from pipeline.lake.catalog import create_lake, open_lake
from pipeline.records import layout
from pipeline.sources import aws, cloudwatch, export_task
from pipeline.sources.objects import Part, SourceObject

NOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
GROUP, REGION = "flow-logs", "eu-west-1"
FORMATS = [layout.declared("${interface-id} ${srcport} ${start}")]


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "lake")


@pytest.fixture
def group(cloud):
    client = aws.client(cloud, "logs", REGION)
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName="eni-1-all")
    return cloud


def put(access, *times, message="eni-1 443 {}"):
    events = [
        {
            "timestamp": int(time.timestamp() * 1000),
            "message": message.format(int(time.timestamp())),
        }
        for time in sorted(times)
    ]
    client = aws.client(access, "logs", REGION)
    client.put_log_events(logGroupName=GROUP, logStreamName="eni-1-all", logEvents=events)


def hours(access, until, since=NOON):
    return cloudwatch.find(GROUP, since, until, access, REGION)


def ingested(settings, objects, run_id="run"):
    return read_into(create_lake(settings.lake), objects, FORMATS, run_id)


def read_into(lake, objects, layouts, run_id="run"):
    summary = Summary()
    run.ingest(lake, objects, Terms(layouts), run_id, summary)
    return summary


def minutes(settings):
    """Return the minutes after noon at which the flows of the lake start."""
    rows = api.sql("select start_time from flows order by all", settings).to_pylist()
    return [(row["start_time"] - NOON) // MINUTE for row in rows]


def ledger(settings):
    rows = api.sql("from ledger order by ingested_at, uri", settings).to_pylist()
    parts = ("flows", "rejected", "headers", "blanks", "skipped")
    assert all(row["lines"] == sum(row[part] for part in parts) for row in rows)
    return [(row["lines"], row["flows"], row["rejected"], row["skipped"]) for row in rows]


def test_late_events_are_added_and_the_others_not_doubled(group, settings):
    put(group, NOON, NOON + 30 * MINUTE)
    first = ingested(settings, hours(group, NOON + HOUR))
    put(group, NOON + 10 * MINUTE)
    second = ingested(settings, hours(group, NOON + HOUR))
    assert minutes(settings) == [0, 10, 30]
    assert (first.counts["flows"], second.counts["flows"], second.counts["skipped"]) == (2, 1, 2)
    assert ledger(settings) == [(2, 2, 0, 0), (3, 1, 0, 2)]


def test_the_same_events_again_are_the_same_object(group, settings):
    put(group, NOON)
    ingested(settings, hours(group, NOON + HOUR))
    before = len(open_lake(settings.lake).table("ledger").snapshots())
    again = ingested(settings, hours(group, NOON + HOUR))
    assert (again.ingested, len(again.already)) == (0, 1)
    assert len(open_lake(settings.lake).table("ledger").snapshots()) == before


def test_an_object_of_nothing_but_known_events_leaves_no_trace(group, settings):
    put(group, NOON, NOON + 30 * MINUTE)
    ingested(settings, hours(group, NOON + HOUR))
    shorter = ingested(settings, hours(group, NOON + 20 * MINUTE))
    assert (shorter.ingested, shorter.already) == (
        0,
        [one.uri for one in hours(group, NOON + 20 * MINUTE)],
    )
    assert shorter.formats == {}
    assert ledger(settings) == [(2, 2, 0, 0)]


def test_windows_that_overlap_in_one_batch_double_nothing(group, settings):
    put(group, NOON, NOON + 30 * MINUTE)
    put(group, NOON, message="eni-1 {}")
    both = hours(group, NOON + HOUR) + hours(group, NOON + 20 * MINUTE)
    summary = ingested(settings, both)
    assert minutes(settings) == [0, 30]
    assert ledger(settings) == [(3, 2, 1, 0)]
    assert (summary.found, summary.ingested, len(summary.already)) == (2, 1, 1)


def test_hours_without_events_are_counted_and_not_recorded(group, settings):
    put(group, NOON)
    summary = ingested(settings, hours(group, NOON + 5 * HOUR))
    assert (summary.found, summary.ingested, summary.empty) == (5, 1, 4)
    assert len(ledger(settings)) == 1


def test_a_rejected_event_is_kept_once(group, settings):
    put(group, NOON)
    put(group, NOON + MINUTE, message="eni-1 no-port {}")
    ingested(settings, hours(group, NOON + HOUR))
    put(group, NOON + 2 * MINUTE)
    ingested(settings, hours(group, NOON + HOUR))
    (row,) = api.sql("from rejected_lines", settings).to_pylist()
    assert row["event_id"]
    assert ledger(settings) == [(2, 1, 1, 0), (3, 1, 0, 2)]


def test_records_that_lie_far_from_their_events_time_are_known_again(group, settings):
    old = int((NOON - timedelta(days=900)).timestamp())
    put(group, NOON, message=f"eni-1 443 {old}")
    put(group, NOON, message="eni-1 443 -")
    ingested(settings, hours(group, NOON + HOUR))
    put(group, NOON + MINUTE)
    ingested(settings, hours(group, NOON + HOUR))
    assert ledger(settings) == [(2, 2, 0, 0), (3, 1, 0, 2)]


def test_transit_gateway_records_are_kept_once_too(group, settings):
    formats = [layout.declared("${tgw-id} ${srcport} ${start}")]
    lake = create_lake(settings.lake)
    for time in (NOON, NOON + MINUTE):
        put(group, time)
        read_into(lake, hours(group, NOON + HOUR), formats)
    rows = api.sql("select count(*) as n from transit_gateway_flows", settings).to_pylist()
    assert rows == [{"n": 2}]


def test_two_runs_at_once_double_nothing_and_lose_nothing(group, settings, monkeypatch):
    monkeypatch.setattr(run, "CHUNK_BYTES", 1)
    monkeypatch.setattr(run, "COMMIT_ROWS", 1)
    create_lake(settings.lake)
    put(group, *(NOON + 7 * n * MINUTE for n in range(40)))
    # Other ends make other objects of the same events.
    ends = [NOON + 5 * HOUR, NOON + 5 * HOUR - 13 * MINUTE, NOON + 4 * HOUR + 2 * MINUTE]
    runs = [
        threading.Thread(target=ingested, args=(settings, hours(group, end), str(end)))
        for end in ends
    ]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert minutes(settings) == [7 * n for n in range(40)]


def test_only_events_of_log_groups_are_looked_up(settings):
    """Two files of the same events are two objects: an id from a file may be anyone's."""
    events = b'{"logEvents": [{"id": "1", "timestamp": 0, "message": "eni-1 443 1772452800"}], %s}'
    given = [
        SourceObject("files", name, 1, lambda name=name: events % f'"name": "{name}"'.encode())
        for name in ("a", "b")
    ]
    assert ingested(settings, given).counts["flows"] == 2


def test_the_parts_of_a_large_object_are_read_one_after_the_other(settings):
    def part(number):
        rest = SourceObject("files", f"part {number + 1}", 1, lambda: part(number + 1))
        data = f"interface-id start\neni-{number} 1772452800\n".encode()
        return Part(data, rest) if number < 3 else data

    summary = ingested(settings, [SourceObject("files", "part 1", 1, lambda: part(1))])
    assert (summary.found, summary.ingested) == (3, 3)
    rows = api.sql("select interface_id from flows order by all", settings).to_pylist()
    assert [row["interface_id"] for row in rows] == ["eni-1", "eni-2", "eni-3"]


def test_what_the_api_read_is_not_exported_too(group, settings, export_of):
    put(group, NOON)
    ingested(settings, hours(group, NOON + HOUR))
    lake = open_lake(settings.lake)
    with pytest.raises(BadInput, match="by CloudWatch's API, whose records would be doubled"):
        doubles.refuse_read(lake, export_of(NOON, NOON + 2 * HOUR))
    doubles.refuse_read(lake, export_of(NOON + HOUR, NOON + 2 * HOUR))
    doubles.refuse_read(lake, export_of(NOON - HOUR, NOON))


def test_what_was_exported_is_not_read_by_the_api_nor_exported_twice(group, settings, export_of):
    put(group, NOON, NOON + 30 * MINUTE)
    export = export_of(NOON, NOON + HOUR)
    ingested(settings, export_task.run(export))
    assert minutes(settings) == [0, 30]
    lake = open_lake(settings.lake)
    first, second = hours(group, NOON + 2 * HOUR)
    assert doubles.without_exported(lake, [first, second]) == [second]
    with pytest.raises(BadInput, match="by another export task"):
        doubles.refuse_read(lake, export_of(NOON - HOUR, NOON + HOUR))
    taken_up = export_of(NOON, NOON + HOUR)
    doubles.refuse_read(lake, taken_up)
    assert len(ingested(settings, export_task.run(taken_up)).already) == 1
    assert minutes(settings) == [0, 30]


def exported(export):
    """Return the objects of an export as a run has them."""
    return [replace(one, log_group=export.group.place()) for one in export_task.run(export)]


@pytest.fixture
def meanwhile(monkeypatch):
    """Return how to have another run come to its end just before one commits what it has read."""

    def interleave(other):
        waiting = [other]

        def commit(*arguments, really=run.commit):
            while waiting:
                waiting.pop()()
            really(*arguments)

        monkeypatch.setattr(run, "commit", commit)

    return interleave


def test_what_is_exported_while_the_api_reads_it_is_left_out(group, settings, export_of, meanwhile):
    put(group, NOON, NOON + 30 * MINUTE, NOON + 90 * MINUTE)
    objects = exported(export_of(NOON, NOON + HOUR))
    meanwhile(lambda: ingested(settings, objects, "export"))
    summary = ingested(settings, hours(group, NOON + 2 * HOUR), "api")
    assert minutes(settings) == [0, 30, 90]
    assert (summary.ingested, summary.counts["flows"], len(summary.already)) == (1, 1, 1)


def test_what_the_api_reads_while_it_is_exported_is_refused(group, settings, export_of, meanwhile):
    put(group, NOON, NOON + 30 * MINUTE)
    objects = exported(export_of(NOON, NOON + HOUR))
    meanwhile(lambda: ingested(settings, hours(group, NOON + HOUR), "api"))
    with pytest.raises(BadInput, match="by CloudWatch's API, whose records would be doubled"):
        ingested(settings, objects, "export")
    assert minutes(settings) == [0, 30]


def test_what_another_task_exports_meanwhile_is_refused(group, settings, export_of, meanwhile):
    put(group, NOON, NOON + 30 * MINUTE)
    short, long = (exported(export_of(NOON - n * HOUR, NOON + HOUR)) for n in (0, 1))
    meanwhile(lambda: ingested(settings, long, "other"))
    with pytest.raises(BadInput, match="by another export task"):
        ingested(settings, short)
    assert len(ingested(settings, long).already) == 1
    assert minutes(settings) == [0, 30]
