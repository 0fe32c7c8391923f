"""Reports of the configuration say where they know nothing, and what would tell it."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from pipeline import api
from pipeline.config import Settings
from pipeline.errors import BadInput
from pipeline.lake.catalog import create_lake
from pipeline.reports.summaries import show_answer
from pipeline.reports.terminal import draw_states

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OF_THE_CONFIGURATION = ["coverage", "dns", "peering", "routes"]
WANTED = {
    "coverage": "describe-flow-logs",
    "peering": "describe-vpc-peering-connections",
    "routes": "describe-route-tables",
}


@pytest.fixture
def lake(tmp_path):
    create_lake(tmp_path / "lake")
    return Settings(tmp_path / "lake")


def load(folder, **answers):
    place = folder / "dump" / "accounts" / "111111111111" / "eu-west-1"
    place.mkdir(parents=True)
    for key, body in answers.items():
        (place / f"{key}.json").write_text(json.dumps({key: body}))
    api.load_snapshot(folder / "dump", NOON, Settings(folder / "lake"))


def drawn(answer):
    page = StringIO()
    draw_states(answer, Console(file=page, width=200, highlight=False))
    return page.getvalue()


@pytest.mark.parametrize("name", [*OF_THE_CONFIGURATION, "snapshots"])
def test_without_a_snapshot_nothing_is_known(lake, capsys, caplog, name) -> None:
    answer = api.report(name, None, None, lake)
    line = (
        "No snapshot is in the lake, so nothing is known: 'flowcause snapshot take' asks AWS, "
        "'flowcause snapshot load DIR --at TIME' keeps answers of the AWS CLI."
    )
    assert line in drawn(answer)
    assert "amiss" not in drawn(answer)
    show_answer(answer, True)
    assert json.loads(capsys.readouterr().out) == []
    assert caplog.messages == [line]


@pytest.mark.parametrize("name", OF_THE_CONFIGURATION)
def test_before_the_first_snapshot_nothing_is_known(lake, tmp_path, name) -> None:
    load(tmp_path, Vpcs=[])
    answer = api.report(name, None, NOON - timedelta(hours=1), lake)
    assert (
        "No snapshot is of before --until, so nothing is known: the first is of 2026-03-01 12:00Z."
    ) in drawn(answer)


@pytest.mark.parametrize(("name", "call"), WANTED.items())
def test_where_nobody_asked_for_what_a_report_wants_nothing_is_known(
    lake, tmp_path, name, call
) -> None:
    load(tmp_path, Vpcs=[])
    answer = api.report(name, None, None, lake)
    assert f"No snapshot has {call}, so nothing is known: take or load one with it." in drawn(
        answer
    )


@pytest.mark.parametrize("name", OF_THE_CONFIGURATION)
def test_where_all_was_asked_and_is_well_that_is_said(lake, tmp_path, caplog, name) -> None:
    load(tmp_path, FlowLogs=[], VpcPeeringConnections=[], RouteTables=[])
    answer = api.report(name, None, None, lake)
    assert "Nothing is amiss in what the snapshots have." in drawn(answer)
    show_answer(answer, True)
    assert caplog.messages == []


def test_a_report_of_verdicts_needs_no_snapshot_to_be_empty(lake, caplog) -> None:
    show_answer(api.report("rejects", None, None, lake), True)
    assert caplog.messages == []


@pytest.mark.parametrize("name", OF_THE_CONFIGURATION)
def test_a_report_of_one_time_takes_no_since(lake, name) -> None:
    with pytest.raises(BadInput, match=f"^report {name} takes no --since: it is of one time"):
        api.report(name, NOON, None, lake)
    assert api.report(name, None, NOON, lake).rows == []


@pytest.mark.parametrize(("end", "window"), [("since", (NOON, None)), ("until", (None, NOON))])
def test_the_list_of_snapshots_takes_no_window(lake, end, window) -> None:
    with pytest.raises(BadInput, match=f"^report snapshots takes no --{end}$"):
        api.report("snapshots", *window, lake)


def test_verdicts_are_of_a_window(lake) -> None:
    assert api.report("rejects", NOON, NOON + timedelta(hours=1), lake).rows == []
