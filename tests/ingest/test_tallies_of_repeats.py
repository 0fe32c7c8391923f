"""What a run says of events that it sees twice, or saw before: each is counted once."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.ingest import run
from pipeline.ingest.gaps import gaps
from pipeline.ingest.read import Terms
from pipeline.ingest.summary import Summary
from pipeline.lake import reading
from pipeline.lake.catalog import create_lake
from pipeline.records import layout
from pipeline.sources import aws, cloudwatch
from pipeline.sources.log_groups import hour_of, milliseconds

# CloudWatch Logs takes no events older than 14 days.
DAWN = hour_of(datetime.now(UTC)) - timedelta(days=1)
HOUR = timedelta(hours=1)
GROUP, REGION = "flow-logs", "eu-west-1"
FORMATS = [layout.declared("${interface-id} ${start} ${end} ${action} ${log-status}")]


class Group:
    """A log group of moto's, and a lake that it is read into."""

    def __init__(self, access, lake):
        self.access, self.lake = access, create_lake(lake)
        self.client = aws.client(access, "logs", REGION)
        self.client.create_log_group(logGroupName=GROUP)
        self.client.create_log_stream(logGroupName=GROUP, logStreamName="eni-1-all")

    def put(self, told, *hours):
        """Put events so many hours after dawn; `told` ends their records."""
        times = [DAWN + one * HOUR for one in hours]
        starts = [int(time.timestamp()) for time in times]
        events = [
            {"timestamp": milliseconds(time), "message": f"eni-1 {start} {start} {told}"}
            for time, start in zip(times, starts, strict=True)
        ]
        self.client.put_log_events(logGroupName=GROUP, logStreamName="eni-1-all", logEvents=events)

    def read(self, *windows):
        """Read windows in one run, each from and to so many hours after dawn."""
        times = [(DAWN + since * HOUR, DAWN + until * HOUR) for since, until in windows]
        objects = [
            one for window in times for one in cloudwatch.find(GROUP, *window, self.access, REGION)
        ]
        summary = Summary()
        run.ingest(self.lake, objects, Terms(FORMATS), "run", summary)
        assert summary.failed == []
        assert sum(count for *_, count in summary.statuses()) == summary.counts["flows"]
        assert sum(summary.reasons.values()) == summary.counts["rejected"]
        return summary


@pytest.fixture
def group(cloud, tmp_path):
    return Group(cloud, tmp_path / "lake")


def test_windows_that_overlap_count_their_events_once(group) -> None:
    group.put("REJECT OK", 0.1, 0.3, 0.6)
    group.put("- SKIPDATA", 0.2, 0.7)
    group.put("ACCEPT OK and more", 0.25)
    summary = group.read((0, 1), (0, 0.5), (0, 0.65))
    assert summary.statuses() == [("OK", "REJECT", 3), ("SKIPDATA", None, 2)]
    assert summary.skipped() == [("eni-1", DAWN, 2)]
    assert summary.reasons.total() == 1


def test_what_an_earlier_run_read_is_not_counted_again(group) -> None:
    group.put("REJECT OK", 0.1)
    group.put("- SKIPDATA", 0.2)
    group.put("ACCEPT OK and more", 0.3)
    group.read((0, 1))
    group.put("ACCEPT OK", 0.4)
    second = group.read((0, 1))
    assert (second.statuses(), second.skipped()) == ([("OK", "ACCEPT", 1)], [])
    assert second.reasons == {}
    group.put("- SKIPDATA", 0.5)
    assert group.read((0, 1)).skipped() == [("eni-1", DAWN, 1)]
    assert reading.rows(group.lake, "flows").height == 4


def test_an_hour_of_which_nothing_is_new_is_no_end_of_a_gap(group) -> None:
    group.put("ACCEPT OK", 1.1, 1.8)
    group.read((1, 2))
    group.put("ACCEPT OK", 4, 7)
    # Of the second hour another object, of which all is known.
    summary = group.read((1, 1.5), (4, 8))
    assert gaps(group.lake, summary.tallied()) == [("eni-1", DAWN + 5 * HOUR, DAWN + 7 * HOUR)]
