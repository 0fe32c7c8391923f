"""Hours of a log group as a run reads them: side by side, and with patience where AWS fails."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import balance
import pytest
from botocore.retries.bucket import TokenBucket
from crowd import Crowd

from pipeline import api
from pipeline.config import Settings, Source
from pipeline.ingest.plan import Asked
from pipeline.sources.log_groups import milliseconds

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
REGION, GROUP = "eu-west-1", "/vpc/flow-logs"


def events(asked):
    """Return two events of the hour that is asked for, a page each."""
    number = 2 if asked.get("nextToken") else 1
    start = asked["startTime"] + number
    event = {
        "logStreamName": f"eni-{number}-all",
        "timestamp": start,
        "message": f"eni-{number} {start // 1000}",
        "ingestionTime": start,
        "eventId": f"{start:056d}",
    }
    return {"events": [event]} | ({"nextToken": "2"} if number == 1 else {})


@pytest.fixture
def group(played, played_access):
    arn = f"arn:aws:logs:{REGION}:123456789012:log-group:{GROUP}:*"
    known = {"logGroupName": GROUP, "creationTime": milliseconds(NOON), "arn": arn}
    played.play("DescribeLogGroups", {"logGroups": [known]})
    return played


def source(group):
    """Return the group as a source; a first reading without a window begins now."""
    return Source(
        "cloudwatch",
        GROUP,
        since="1m",
        regions=(REGION,),
        log_formats=("${interface-id} ${start}",),
        endpoint_url=group.endpoint,
    )


def read(group, folder, hours):
    """Read so many hours from noon on, and return the summary and the flows of the lake."""
    settings = Settings(folder / "lake")
    summary = api.ingest([source(group)], settings, Asked(NOON, NOON + hours * HOUR))
    balance.check(settings.lake)
    return summary, api.sql("select interface_id, start_time from flows", settings).num_rows


def windowless(group, folder):
    return api.ingest([source(group)], Settings(folder / "lake"))


def ingested(group, folder, hours):
    summary, flows = read(group, folder, hours)
    assert (summary.stopped, summary.failed) == ([], [])
    return flows


def test_hours_are_asked_for_at_once(group, tmp_path) -> None:
    crowd = Crowd(12)

    def answer(asked):
        if "nextToken" not in asked:
            crowd.join()
        return events(asked)

    group.play("FilterLogEvents", answer)
    assert ingested(group, tmp_path, hours=12) == 24
    assert crowd.came_together()


@pytest.fixture
def waits(monkeypatch):
    """Keep what botocore would wait, in seconds: before it asks again, and before any request."""
    kept = SimpleNamespace(again=[], any=[])
    real = TokenBucket._sleep_amount

    def turn(bucket, amount):
        kept.any.append(real(bucket, amount))
        return 0

    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=kept.again.append))
    monkeypatch.setattr(TokenBucket, "_sleep_amount", turn)
    return kept


def test_what_is_throttled_is_asked_for_again_after_a_pause_and_all_more_slowly(
    group, tmp_path, waits
) -> None:
    throttled = []

    def answer(asked):
        if throttled.count(asked) < 3:
            throttled.append(asked)
            return "ThrottlingException"
        return events(asked)

    group.play("FilterLogEvents", answer)
    assert ingested(group, tmp_path, hours=3) == 6
    assert len(throttled) == 18, "three times each page of each hour"
    assert len(waits.again) == len(throttled)
    assert all(seconds > 0 for seconds in waits.again)
    assert max(waits.any) > 0


@pytest.mark.parametrize("fault", [500, 502, 503, 504])
def test_what_a_service_cannot_answer_is_asked_for_again(group, tmp_path, waits, fault) -> None:
    met = []

    def answer(asked):
        if asked not in met:
            met.append(asked)
            return fault
        return events(asked)

    group.play("FilterLogEvents", answer)
    assert ingested(group, tmp_path, hours=2) == 4
    assert len(waits.again) == len(met) == 4


def test_an_hour_that_stays_broken_is_named_and_the_others_go_in(group, tmp_path, waits) -> None:
    broken = milliseconds(NOON + HOUR)
    group.play(
        "FilterLogEvents", lambda asked: 500 if asked["startTime"] == broken else events(asked)
    )
    summary, flows = read(group, tmp_path, hours=3)
    ((uri, reason),) = summary.failed
    assert "from=2026-03-02T13%3A00%3A00" in uri
    assert reason.startswith("cannot be read: FilterLogEvents failed with 500")
    assert flows == 4
    group.answers["FilterLogEvents"] = [events]
    assert ingested(group, tmp_path, hours=3) == 6


def test_an_hour_that_failed_once_and_is_sound_again_is_asked_for_no_more(
    group, tmp_path, waits
) -> None:
    asked = []

    def answer(told):
        asked.append(told["startTime"])
        return events(told)

    group.play("FilterLogEvents", answer)
    assert ingested(group, tmp_path, hours=3) == 6
    group.answers["FilterLogEvents"] = [500]
    summary, _ = read(group, tmp_path, hours=3)
    assert len(summary.failed) == 3
    group.answers["FilterLogEvents"] = [answer]
    assert windowless(group, tmp_path).failed == []
    asked.clear()
    assert windowless(group, tmp_path).failed == []
    assert min(asked) > milliseconds(NOON + 3 * HOUR), "what was settled is not read again"


def test_credentials_that_expire_amid_a_run_stop_it_and_what_was_read_is_kept(
    group, tmp_path
) -> None:
    late = milliseconds(NOON + 15 * HOUR)
    group.play(
        "FilterLogEvents",
        lambda asked: "ExpiredTokenException" if asked["startTime"] >= late else events(asked),
    )
    summary, flows = read(group, tmp_path, hours=20)
    (stopped,) = summary.stopped
    assert "the AWS credentials have expired (ExpiredTokenException)" in str(stopped)
    assert summary.failed == []
    assert 0 < flows <= 30
    group.answers["FilterLogEvents"] = [events]
    assert ingested(group, tmp_path, hours=20) == 40
