"""Formats of lines without a header, learnt from describe-flow-logs and kept in the lake."""

import json
from datetime import UTC, datetime

import pytest

from pipeline import api
from pipeline.config import Settings

ACCOUNT = "111122223333"
AT = datetime(2026, 3, 2, tzinfo=UTC)
EVENT = 1772452800000  # 2026-03-02T12:00Z
FIVE = "${interface-id} ${srcaddr} ${dstaddr} ${action} ${log-status}"
SWAPPED = "${interface-id} ${dstaddr} ${srcaddr} ${action} ${log-status}"
SHORT = "${interface-id} ${action}"
LINE = "eni-1 10.0.0.1 10.0.0.2 REJECT OK"


def flow_log(number, log_format=FIVE, group="/vpc/one", **others):
    return {
        "FlowLogId": f"fl-{number:08x}",
        "ResourceId": "vpc-1",
        "TrafficType": "ALL",
        "LogGroupName": group,
        "LogFormat": log_format,
        "CreationTime": "2026-01-01T00:00:00.000Z",
        "FlowLogStatus": "ACTIVE",
        **others,
    }


def envelope(*messages, group="/vpc/one", owner=ACCOUNT, time=EVENT):
    events = [
        {"id": f"{number:056}", "timestamp": time, "message": message}
        for number, message in enumerate(messages)
    ]
    told = {"messageType": "DATA_MESSAGE", "owner": owner, "logGroup": group, "logEvents": events}
    return json.dumps(told)


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "lake")


@pytest.fixture
def know(tmp_path, settings):
    """Load an answer of describe-flow-logs, as taken at a time."""

    def load(*flow_logs, at=AT):
        folder = tmp_path / f"{at:%Y%m%d%H%M}" / "accounts" / ACCOUNT / "eu-west-1"
        folder.mkdir(parents=True)
        (folder / "describe-flow-logs.json").write_text(json.dumps({"FlowLogs": flow_logs}))
        api.load_snapshot(folder.parents[2], at, settings)

    return load


@pytest.fixture
def ingest(tmp_path, settings):
    def read(text, name="object", **options):
        path = tmp_path / "logs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return api.ingest_files([path], settings, **options)

    return read


def told(settings, columns="srcaddr, dstaddr"):
    return api.sql(f"select {columns} from flows order by line_number", settings).to_pylist()


def test_a_group_that_is_known_gives_its_format(know, ingest, settings) -> None:
    know(flow_log(1))
    assert ingest(envelope(LINE)).counts["flows"] == 1
    assert told(settings) == [{"srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2"}]


def test_a_group_of_another_account_or_name_gives_none(know, ingest) -> None:
    know(flow_log(1))
    for other in (envelope(LINE, owner="999988887777"), envelope(LINE, group="/vpc/two")):
        ((_, reason),) = ingest(other).failed
        assert "no flow log is known that wrote it" in reason
        assert "--log-format" in reason and "describe-flow-logs" in reason


def test_nothing_known_is_refused_by_name_with_what_to_do(ingest) -> None:
    ((uri, reason),) = ingest(envelope(LINE), "lonely").failed
    assert uri.endswith("/lonely")
    assert "--log-format" in reason


def test_what_is_said_stands_over_what_is_known(know, ingest, settings) -> None:
    know(flow_log(1, SWAPPED))
    ingest(envelope(LINE), log_formats=[FIVE])
    assert told(settings) == [{"srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2"}]


def test_several_formats_of_one_group_take_each_the_lines_that_fit(know, ingest, settings) -> None:
    know(flow_log(1), flow_log(2, SHORT))
    assert ingest(envelope(LINE, "eni-2 ACCEPT", "a b c")).counts["rejected"] == 1
    assert told(settings, "interface_id, srcaddr, action") == [
        {"interface_id": "eni-1", "srcaddr": "10.0.0.1", "action": "REJECT"},
        {"interface_id": "eni-2", "srcaddr": None, "action": "ACCEPT"},
    ]


def test_formats_that_both_fit_are_not_guessed(know, ingest) -> None:
    know(flow_log(1, FIVE), flow_log(2, SWAPPED))
    ((_, reason),) = ingest(envelope(LINE)).failed
    assert "fits more than one" in reason


def test_a_deleted_flow_log_is_remembered(know, ingest, settings) -> None:
    know(flow_log(1))
    know(at=datetime(2026, 3, 3, tzinfo=UTC))
    assert ingest(envelope(LINE)).counts["flows"] == 1


def test_a_flow_log_that_took_anothers_place_is_told_by_the_time(know, ingest, settings) -> None:
    know(flow_log(1, SWAPPED))
    know(
        flow_log(2, FIVE, CreationTime="2026-03-04T00:00:00.000Z"),
        at=datetime(2026, 3, 4, 1, tzinfo=UTC),
    )
    later = EVENT + 3 * 86_400_000
    ingest(envelope(LINE), "before")
    ingest(envelope(LINE, time=later), "after")
    rows = api.sql("select srcaddr, time_source from flows order by start_time", settings)
    assert rows.to_pylist() == [
        {"srcaddr": "10.0.0.2", "time_source": "event"},
        {"srcaddr": "10.0.0.1", "time_source": "event"},
    ]


def test_an_answer_of_old_without_a_format_means_the_default_one(know, ingest) -> None:
    old = flow_log(1)
    del old["LogFormat"]
    know(old)
    default = f"2 {ACCOUNT} eni-1 10.0.0.1 10.0.0.2 1 2 6 1 40 1772452800 1772452860 ACCEPT OK"
    assert ingest(envelope(default)).counts["flows"] == 1


def test_a_firehose_stream_is_told_by_the_objects_name(know, ingest) -> None:
    arn = f"arn:aws:firehose:eu-west-1:{ACCOUNT}:deliverystream/vpc-flow.logs-1"
    know(flow_log(1, group=None, LogDestination=arn))
    text = json.dumps({"message": LINE})
    name = "vpc-flow.logs-1-3-2026-03-02-12-00-00-0a1b2c3d-aaaa-bbbb-cccc-ddddeeeeffff"
    assert ingest(text, name).counts["flows"] == 1
    other = name.replace("logs-1", "logs-2")
    assert ingest(text + " ", other).failed


def test_the_flow_log_in_an_objects_name_decides_before_all_else(know, ingest, settings) -> None:
    know(flow_log(1, SWAPPED), flow_log(2, FIVE))
    name = f"{ACCOUNT}_vpcflowlogs_eu-west-1_fl-00000002_20260302T1200Z_0a1b2c3d.log"
    ingest(envelope(LINE), name)
    assert told(settings) == [{"srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2"}]


def test_lines_of_two_groups_in_one_object_are_read_by_the_formats_of_both(know, ingest) -> None:
    know(flow_log(1), flow_log(2, SHORT, "/vpc/two"))
    both = envelope(LINE) + envelope("eni-2 ACCEPT", group="/vpc/two")
    assert ingest(both).counts["flows"] == 2


def test_a_format_that_cannot_be_read_is_passed_over(know, ingest) -> None:
    know(flow_log(1, "version"), flow_log(2))
    assert ingest(envelope(LINE)).counts["flows"] == 1
