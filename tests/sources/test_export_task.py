"""Export tasks: started once, waited for, read below their own id."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import BadInput, SourceProblem
from pipeline.sources import aws, export_task, insist

NOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
HOUR = timedelta(hours=1)
GROUP, REGION = "flow-logs", "eu-west-1"
PREFIX = (
    f"here/123456789012/{REGION}/{GROUP}/from={NOON:%Y%m%dT%H%M%SZ}/to={NOON + HOUR:%Y%m%dT%H%M%SZ}"
)


def at(time):
    return int(time.timestamp() * 1000)


def no_pause(seconds):
    raise AssertionError("there was nothing to wait for")


@pytest.fixture
def group(cloud):
    client = aws.client(cloud, "logs", REGION)
    client.create_log_group(logGroupName=GROUP)
    for stream in ("eni-1-all", "eni-2-all"):
        client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        events = [{"timestamp": at(NOON + HOUR * n), "message": f"{stream} {n}"} for n in (0, 1)]
        client.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)
    return cloud


def test_the_objects_of_the_task_are_read(group, export_of):
    objects = export_task.run(export_of(NOON, NOON + HOUR), no_pause)
    assert [one.uri.split("/")[-2:] for one in objects] == [
        ["eni-1-all", "000000.gz"],
        ["eni-2-all", "000000.gz"],
    ], "each stream's, and not the object that AWS tries the bucket with"
    assert gzip.decompress(objects[0].read()).endswith(b"Z eni-1-all 0"), "the end is not included"
    stretch = export_task.stretch(objects[0].uri)
    assert (stretch.account, stretch.region, stretch.group) == ("123456789012", REGION, GROUP)
    assert (stretch.since, stretch.until) == (NOON, NOON + HOUR)


def test_an_export_is_of_whole_hours(group, export_of):
    export = export_of(NOON + HOUR / 2, NOON + 1.9 * HOUR)
    assert (export.since, export.until, export.prefix) == (NOON, NOON + HOUR, PREFIX)
    with pytest.raises(BadInput, match="whole hours"):
        export_of(NOON, NOON + HOUR / 2)


def test_a_task_that_is_there_is_taken_up(group, export_of):
    first = export_task.run(export_of(NOON, NOON + HOUR), no_pause)
    again = export_of(NOON, NOON + HOUR)
    assert any("is taken up" in line for line in again.sentences(NOON))
    assert [one.uri for one in export_task.run(again, no_pause)] == [one.uri for one in first]
    tasks = aws.client(group, "logs", REGION).describe_export_tasks()["exportTasks"]
    assert len(tasks) == 1


def test_what_it_reads_and_costs_is_said_before(group, export_of):
    export = export_of(NOON, NOON + HOUR)
    what, cost = export.sentences(NOON + 13 * HOUR)
    assert f"s3://exports/{PREFIX}" in what
    assert "0.00 GB" in cost and export_task.PRICES in cost
    *_, late = export.sentences(NOON + 12 * HOUR)
    assert "events of the last 12 hours may not be there" in late


def test_a_bucket_that_is_missing_is_said(group):
    plan = export_task.plan(GROUP, NOON, NOON + HOUR, "no-such", "", group, REGION)
    assert plan.prefix.startswith("123456789012/")
    with pytest.raises(SourceProblem, match="The given bucket does not exist"):
        export_task.run(plan, no_pause)


@pytest.fixture
def planned(played, played_access):
    """Return how to play the tasks' statuses to an export, and what it makes of them."""
    arn = f"arn:aws:logs:{REGION}:123456789012:log-group:{GROUP}:*"
    told = {"logGroupName": GROUP, "creationTime": 0, "storedBytes": 5_000_000_000, "arn": arn}
    played.play("DescribeLogGroups", {"logGroups": [told]})

    def plan(*tasks):
        played.play("DescribeExportTasks", *tasks)
        return export_task.plan(GROUP, NOON, NOON + HOUR, "exports", "here", played_access, REGION)

    return plan


def status(code, message="", task="t"):
    told = {"code": code, "message": message}
    return {"exportTasks": [{"taskId": task, "logGroupName": "other", "status": told}]}


def test_a_task_is_waited_for_with_longer_and_longer_pauses(planned, played):
    played.play("CreateExportTask", {"taskId": "t"})
    running = [status("RUNNING")] * 5
    none = {"exportTasks": []}
    plan = planned(none, none, status("PENDING"), *running, status("CANCELLED", "by me"))
    pauses = []
    with pytest.raises(SourceProblem, match=r"task t of flow-logs ended as CANCELLED: by me; "):
        export_task.run(plan, pauses.append)
    assert pauses == [2, 5, 10, 30, 30, 30]


def test_a_failed_task_is_said_and_not_taken_up(planned, played):
    asked = {
        "logGroupName": GROUP,
        "from": at(NOON),
        "to": at(NOON + HOUR) - 1,
        "destination": "exports",
        "destinationPrefix": PREFIX,
    }
    tasks = [
        {"taskId": code, "status": {"code": code}, **asked}
        for code in ("FAILED", "RUNNING", "CANCELLED", "COMPLETED")
    ]
    pages = ({"exportTasks": tasks[:2], "nextToken": "2"}, {"exportTasks": tasks[2:]})
    assert planned(*pages).task == "COMPLETED", "what is done stands before what is under way"


def test_broken_answers_about_tasks_are_asked_for_again(planned, played, monkeypatch):
    monkeypatch.setattr(insist, "_FIRST_PAUSE", 0)
    played.play("CreateExportTask", {"taskId": "t"})
    none = {"exportTasks": []}
    plan = planned(b"{", none, b"", none, b'{"exp', status("CANCELLED", "by me"))
    with pytest.raises(SourceProblem, match=r"task t of flow-logs ended as CANCELLED: by me; "):
        export_task.run(plan, no_pause)


def test_a_task_is_not_asked_for_twice_where_the_answer_breaks_off(planned, played):
    played.play("CreateExportTask", b'{"taskId"')
    plan = planned({"exportTasks": []})
    with pytest.raises(SourceProblem, match="the answer was cut short: run this again"):
        export_task.run(plan, no_pause)
    assert [call for call, _ in played.asked].count("CreateExportTask") == 1


def test_another_task_is_waited_for(planned, played):
    played.play("CreateExportTask", {"taskId": "t"})
    plan = planned(
        {"exportTasks": []},
        status("RUNNING", task="another"),
        status("RUNNING", task="another"),
        status("COMPLETED", task="another"),
        status("FAILED", "no room"),
    )
    pauses = []
    with pytest.raises(SourceProblem, match="task t of flow-logs ended as FAILED: no room"):
        export_task.run(plan, pauses.append)
    asked = [what.get("taskId") for call, what in played.asked if call == "DescribeExportTasks"]
    assert asked == [None, None, "another", "another", "t"]
    assert len(pauses) == 1


def test_who_may_not_export_is_told_the_permission(planned, played):
    played.play("CreateExportTask", "AccessDeniedException")
    plan = planned({"exportTasks": []})
    with pytest.raises(SourceProblem, match="ask for logs:CreateExportTask"):
        export_task.run(plan, no_pause)
