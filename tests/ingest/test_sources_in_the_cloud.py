"""Log groups and queues as a run reads them: formats asked for, where a source stands, settled."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto.ec2.models import ec2_backends

from pipeline import api
from pipeline.config import Account, Settings, Source
from pipeline.ingest import rounds
from pipeline.ingest.plan import Asked
from pipeline.sources import aws, cloudwatch, export_task, insist, sqs
from pipeline.sources.log_groups import milliseconds

REGION, GROUP = "eu-west-1", "/vpc/flow-logs"
OTHER = "111122223333"
FORMAT = "${interface-id} ${srcaddr} ${dstaddr} ${start} ${end} ${action} ${log-status}"
NOW = datetime.now(UTC)


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "lake")


class Logged:
    """A VPC in a Region whose flow log goes to a log group."""

    def __init__(self, access, region=REGION, group=GROUP, log_format=FORMAT):
        self.access, self.region, self.group = access, region, group
        self.logs = aws.client(access, "logs", region)
        self.logs.create_log_group(logGroupName=group)
        self.logs.create_log_stream(logGroupName=group, logStreamName="eni-1-all")
        if log_format:
            self.describe(log_format)

    def describe(self, log_format):
        ec2 = aws.client(self.access, "ec2", self.region)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.create_flow_logs(
            ResourceIds=[vpc],
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName=self.group,
            LogFormat=log_format,
            DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/logs",
        )
        # What it has written is older than this test.
        account = aws.client(self.access, "sts").get_caller_identity()["Account"]
        for one in ec2_backends[account][self.region].flow_logs.values():
            one.creation_time = NOW - timedelta(days=30)

    def put(self, *hours_ago):
        events = []
        for hours in sorted(hours_ago, reverse=True):
            at = NOW - timedelta(hours=hours)
            start = int(at.timestamp())
            message = f"eni-1 10.0.0.1 10.0.0.2 {start} {start} ACCEPT OK"
            events.append({"timestamp": milliseconds(at), "message": message})
        self.logs.put_log_events(
            logGroupName=self.group, logStreamName="eni-1-all", logEvents=events
        )

    def source(self, **more):
        regions = more.pop("regions", (self.region,))
        endpoint = self.access.endpoint_url
        return Source("cloudwatch", self.group, regions=regions, endpoint_url=endpoint, **more)


def count(settings):
    return api.sql("select count(*) as n from flows", settings).to_pylist()[0]["n"]


def test_a_group_is_read_in_the_format_that_its_flow_log_has(cloud, settings) -> None:
    logged = Logged(cloud)
    logged.put(3, 2)
    summary = api.ingest([logged.source(since="6h")], settings)
    assert (summary.stopped, summary.warnings, summary.counts["flows"]) == ([], [], 2)
    (known,) = api.sql("select log_format, log_group_name from flow_logs", settings).to_pylist()
    assert known == {"log_format": FORMAT, "log_group_name": GROUP}


def test_a_group_whose_format_nobody_knows_is_refused_by_name(cloud, settings) -> None:
    logged = Logged(cloud, log_format=None)
    logged.put(2)
    summary = api.ingest([logged.source(since="6h")], settings)
    ((uri, reason),) = summary.failed
    assert GROUP.strip("/") in uri
    assert "--log-format" in reason


def test_who_may_not_ask_for_formats_is_told_the_permission(
    played, played_access, settings
) -> None:
    arn = f"arn:aws:logs:{REGION}:123456789012:log-group:{GROUP}:*"
    known = {"logGroupName": GROUP, "creationTime": milliseconds(NOW), "arn": arn}
    played.play("DescribeLogGroups", {"logGroups": [known]})
    played.play("FilterLogEvents", {"events": []})
    account = b"<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>"
    played.play(
        "GetCallerIdentity", b"<GetCallerIdentityResponse>%s</GetCallerIdentityResponse>" % account
    )
    # As EC2 calls it: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    played.play("DescribeFlowLogs", "UnauthorizedOperation")
    source = Source("cloudwatch", GROUP, regions=(REGION,), endpoint_url=played.endpoint)
    summary = api.ingest([source], settings, Asked(NOW - timedelta(hours=1), NOW))
    assert (summary.stopped, summary.failed) == ([], [])
    (warning,) = summary.warnings
    assert REGION in warning
    assert warning.endswith("ask for ec2:DescribeFlowLogs")


def test_a_format_is_remembered_when_its_flow_log_is_gone(cloud, settings) -> None:
    logged = Logged(cloud)
    logged.put(3)
    api.ingest([logged.source(since="6h")], settings)
    ec2 = aws.client(cloud, "ec2", REGION)
    (there,) = ec2.describe_flow_logs()["FlowLogs"]
    ec2.delete_flow_logs(FlowLogIds=[there["FlowLogId"]])
    logged.put(2.5)
    assert api.ingest([logged.source()], settings, Asked(look_back=timedelta(hours=6))).failed == []
    assert count(settings) == 2


def test_a_run_goes_on_where_the_last_stood_and_looks_back_for_late_events(cloud, settings) -> None:
    logged = Logged(cloud)
    logged.put(9, 0.5)
    assert api.ingest([logged.source()], settings).counts["flows"] == 2
    logged.put(8, 0.4)
    again = api.ingest([logged.source()], settings)
    assert again.counts["flows"] == 1, "what came late within the look-back, and no more"
    far = api.ingest([logged.source()], settings, Asked(look_back=timedelta(hours=12)))
    assert far.counts["flows"] == 1
    assert count(settings) == 4


def test_an_hour_of_unknown_format_is_read_when_it_is_known(cloud, settings) -> None:
    logged = Logged(cloud, log_format=None)
    logged.put(30, 0.5)
    assert len(api.ingest([logged.source()], settings).failed) == 2
    logged.put(40)
    further = api.ingest([logged.source()], settings)
    assert (len(further.failed), count(settings)) == (2, 0), "and no hours besides"
    logged.describe(FORMAT)
    assert api.ingest([logged.source()], settings).counts["flows"] == 2
    assert api.ingest([logged.source()], settings).found <= 3, "the look-back's hours alone"


def test_an_hour_of_a_pattern_that_failed_is_asked_for_by_that_pattern(cloud, settings) -> None:
    logged = Logged(cloud, log_format=None)
    logged.put(30, 20)
    assert len(api.ingest([logged.source(filter_pattern="eni")], settings).failed) == 2
    logged.describe(FORMAT)
    assert api.ingest([logged.source(since="3h")], settings).counts["flows"] == 0
    assert api.ingest([logged.source(filter_pattern="eni")], settings).counts["flows"] == 2


def test_a_first_read_that_was_stopped_goes_on_from_the_hours_it_committed(
    cloud, settings, monkeypatch
) -> None:
    monkeypatch.setattr(rounds, "HOURS", 10)
    logged = Logged(cloud)
    logged.put(95, 55.5, 12)
    # In the midst of a round of hours, wherever in an hour the clock stands.
    stop_at, asked = NOW - timedelta(hours=45), []

    def read(window, really=cloudwatch._read):
        asked.append(window.since)
        if window.since <= stop_at < window.until:
            raise KeyboardInterrupt
        return really(window)

    monkeypatch.setattr(cloudwatch, "_read", read)
    with pytest.raises(KeyboardInterrupt):
        api.ingest([logged.source(since="100h")], settings)
    assert count(settings) >= 1
    asked.clear()
    stop_at = NOW + timedelta(hours=9)
    whole = api.ingest([logged.source(since="100h")], settings)
    assert (whole.stopped, count(settings)) == ([], 3)
    assert timedelta(hours=49) < NOW - min(asked) < timedelta(hours=65)
    ended = api.lake_status(settings)["runs"]
    assert [row["outcome"] for row in ended] == ["1 ingested, 0 failed"]


def test_a_window_that_is_stopped_moves_nothing(cloud, settings, monkeypatch) -> None:
    monkeypatch.setattr(rounds, "HOURS", 1)
    logged = Logged(cloud)
    logged.put(5)
    api.ingest([logged.source()], settings, Asked(since=NOW - timedelta(hours=6)))
    ran = api.sql("select read_until from runs where read_until is not null", settings)
    assert ran.num_rows == 0


def test_a_group_is_read_in_every_region_of_every_account(cloud, settings) -> None:
    places = [Logged(cloud, region) for region in ("eu-west-1", "us-east-1")]
    for place in places:
        place.put(2)
    role = "arn:aws:iam::123456789012:role/reader"
    account = Account("123456789012", regions=("eu-west-1", "us-east-1"), role_arn=role)
    within = Settings(settings.lake, accounts=(account,))
    source = places[0].source(regions=(), accounts=("123456789012",), since="6h")
    summary = api.ingest([source], within)
    assert (summary.stopped, summary.counts["flows"]) == ([], 2)
    ran = api.sql("select source from runs where read_until is not null order by 1", settings)
    assert [row["source"] for row in ran.to_pylist()] == [
        f"cloudwatch {GROUP} 123456789012 eu-west-1",
        f"cloudwatch {GROUP} 123456789012 us-east-1",
    ]


def test_groups_of_one_name_elsewhere_stand_each_for_itself(cloud, settings, monkeypatch) -> None:
    """Accounts and Regions that only the role and the usual settings tell."""
    for role in (None, f"arn:aws:iam::{OTHER}:role/reader"):
        for region in ("eu-west-1", "us-east-1"):
            monkeypatch.setenv("AWS_DEFAULT_REGION", region)
            aws.client.cache_clear()
            logged = Logged(replace(cloud, role_arn=role), region, log_format=None)
            logged.put(30, 2)
            source = logged.source(regions=(), role_arn=role, log_formats=(FORMAT,))
            first, again = (api.ingest([source], settings) for _ in range(2))
            assert (first.counts["flows"], again.found <= 3) == (2, True)
    assert count(settings) == 8


def test_groups_of_one_name_elsewhere_have_each_its_own_formats(cloud, settings) -> None:
    swapped = FORMAT.replace("${srcaddr} ${dstaddr}", "${dstaddr} ${srcaddr}")
    role = f"arn:aws:iam::{OTHER}:role/reader"
    for number, (its, region) in enumerate([(None, REGION), (None, "us-east-1"), (role, REGION)]):
        logged = Logged(
            replace(cloud, role_arn=its), region, log_format=(FORMAT, swapped)[number % 2]
        )
        logged.put(2)
        assert api.ingest([logged.source(since="6h", role_arn=its)], settings).failed == []
    rows = api.sql("select srcaddr from flows order by 1", settings).to_pylist()
    assert [row["srcaddr"] for row in rows] == ["10.0.0.1", "10.0.0.1", "10.0.0.2"]


def test_what_only_matches_a_pattern_does_not_move_where_the_whole_stands(cloud, settings) -> None:
    logged = Logged(cloud)
    logged.put(30, 2)
    assert api.ingest([logged.source(filter_pattern="ACCEPT")], settings).counts["flows"] == 2
    assert api.ingest([logged.source()], settings).found > 24


def test_a_dry_run_of_a_group_lists_its_hours_and_of_an_export_nothing(cloud, settings) -> None:
    logged = Logged(cloud)
    planned = api.plan_ingest([logged.source(since="3h")], settings)
    assert len(planned.objects) in (3, 4)
    exported = logged.source(export_to="s3://exports/here")
    (refused,) = api.plan_ingest([exported], settings).stopped
    assert "cannot be listed without being read" in str(refused)


def test_an_exported_window_is_read_and_the_api_goes_on_beside_it(
    cloud, export_of, settings, caplog
) -> None:
    logged = Logged(cloud)
    logged.put(30, 26, 2)
    source = logged.source(export_to="s3://exports/here")
    window = Asked(since=NOW - timedelta(hours=40), until=NOW - timedelta(hours=20))
    summary = api.ingest([source], settings, window)
    assert (summary.stopped, summary.counts["flows"]) == ([], 2)
    assert "what AWS charges" in caplog.text
    after = api.ingest([logged.source()], settings)
    assert (after.stopped, after.counts["flows"]) == ([], 1)
    assert count(settings) == 3


def test_an_export_without_a_window_leaves_what_may_come_late_to_the_next(
    cloud, export_of, settings, monkeypatch
) -> None:
    logged = Logged(cloud)
    logged.put(20, 3)
    source = logged.source(export_to="s3://exports/here", since="40h")
    assert api.ingest([source], settings).counts["flows"] == 1
    again = api.ingest([source], settings)
    assert (again.stopped, again.found) == ([], 0), "nothing more may be asked for as yet"
    logged.put(2)
    monkeypatch.setattr(export_task, "DELAY", timedelta())
    assert api.ingest([source], settings).counts["flows"] == 2
    assert count(settings) == 3


def test_an_hour_that_came_broken_is_read_by_the_next_run(
    played, played_access, settings, monkeypatch
) -> None:
    monkeypatch.setattr(insist, "_FIRST_PAUSE", 0)
    arn = f"arn:aws:logs:{REGION}:123456789012:log-group:{GROUP}:*"
    told = {"logGroupName": GROUP, "creationTime": 0, "arn": arn}
    played.play("DescribeLogGroups", {"logGroups": [told]})
    played.play("FilterLogEvents", b'{"events": [{"logStr')
    source = Source(
        "cloudwatch",
        GROUP,
        regions=(REGION,),
        log_formats=(FORMAT,),
        endpoint_url=played.endpoint,
    )
    window = Asked(NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    failed = api.ingest([source], settings, window)
    assert {reason for _, reason in failed.failed} == {
        "cannot be read: the answer was cut short: run this again"
    }
    played.clear()
    played.play("DescribeLogGroups", {"logGroups": [told]})
    start = int(window.since.timestamp())
    event = {
        "logStreamName": "eni-1",
        "timestamp": start * 1000,
        "message": f"eni-1 10.0.0.1 10.0.0.2 {start} {start} ACCEPT OK",
        "eventId": "1",
    }
    played.play("FilterLogEvents", {"events": [event]})
    assert api.ingest([source], settings, window).counts["flows"] == 1


def test_an_export_of_unknown_format_is_read_when_it_is_known(cloud, export_of, settings) -> None:
    logged = Logged(cloud, log_format=None)
    logged.put(30, 26)
    source = logged.source(export_to="s3://exports/here", since="40h")
    assert len(api.ingest([source], settings).failed) == 1
    mended = replace(source, log_formats=(FORMAT,))
    summary = api.ingest([mended], settings)
    assert (summary.failed, summary.counts["flows"]) == ([], 2)
    tasks = logged.logs.describe_export_tasks()["exportTasks"]
    assert len({(one["from"], one["to"]) for one in tasks}) == len(tasks), "none is of hours again"
    assert api.ingest([mended], settings).found == 0


def test_an_export_that_failed_is_let_be_where_the_api_has_read_its_hours(
    cloud, export_of, settings
) -> None:
    logged = Logged(cloud, log_format=None)
    logged.put(30, 26)
    source = logged.source(export_to="s3://exports/here", since="40h")
    assert len(api.ingest([source], settings).failed) == 1
    window = Asked(since=NOW - timedelta(hours=40))
    mended = replace(source, log_formats=(FORMAT,))
    assert api.ingest([replace(mended, export_to=None)], settings, window).counts["flows"] == 2
    assert api.ingest([mended], settings).counts["flows"] == 0
    assert count(settings) == 2


def test_a_message_that_could_not_be_deleted_is_told(
    played, played_access, settings, caplog
) -> None:
    body = {"MessageId": "m", "ReceiptHandle": "r", "Body": '{"Event": "s3:TestEvent"}'}
    more = {**body, "MessageId": "n"}
    played.play("ReceiveMessage", {"Messages": [body, more]}, {})
    failed = {"Id": "1", "Code": "InternalError", "SenderFault": False}
    played.play("DeleteMessageBatch", {"Successful": [{"Id": "0"}], "Failed": [failed]})
    url = f"{played.endpoint}/123456789012/q"
    summary = api.ingest([Source("sqs", url, endpoint_url=played.endpoint)], settings)
    assert summary.stopped == []
    assert "message n could not be deleted (InternalError)" in caplog.text
    assert "message m" not in caplog.text


def test_a_queue_is_emptied_as_its_objects_come_into_the_lake(cloud, settings, monkeypatch) -> None:
    monkeypatch.setattr(sqs, "WAIT_SECONDS", 0)
    client, s3 = aws.client(cloud, "sqs", "us-east-1"), aws.client(cloud, "s3")
    url = client.create_queue(QueueName="new")["QueueUrl"]
    s3.create_bucket(Bucket="logs")
    for number in range(25):
        body = gzip.compress(f"interface-id start\neni-{number} 1772452800\n".encode())
        etag = s3.put_object(Bucket="logs", Key=f"{number}.gz", Body=body)["ETag"].strip('"')
        told = {"key": f"{number}.gz", "size": len(body), "eTag": etag}
        record = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}
        record["s3"] = {"bucket": {"name": "logs"}, "object": told}
        client.send_message(QueueUrl=url, MessageBody=json.dumps({"Records": [record]}))
    client.send_message(QueueUrl=url, MessageBody='{"Event": "s3:TestEvent"}')
    source = Source("sqs", url, regions=("us-east-1",), endpoint_url=cloud.endpoint_url)
    summary = api.ingest([source], settings)
    assert (summary.stopped, summary.ingested, summary.passed_over) == ([], 25, 1)
    left = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert left["ApproximateNumberOfMessages"] == "0"
    assert left["ApproximateNumberOfMessagesNotVisible"] == "0"
    (refused,) = api.plan_ingest([source], settings).stopped
    assert "cannot be listed without being read" in str(refused)
