"""How old the snapshot was that judged is said beside how sure the verdict is."""

from datetime import timedelta
from io import StringIO

import pytest
from network_on_disk import at, prepare
from reference.organisation import NOON, organisation, record
from rich.console import Console

from pipeline import api
from pipeline.reports.terminal import draw_findings

DAY = timedelta(days=1)


@pytest.fixture
def headed(tmp_path):
    """Return a function that tells the heads of the findings; records start minutes after noon."""

    def told(records, *snapshots):
        settings = prepare(tmp_path, records, *(at(organisation(), when) for when in snapshots))
        api.attribute(None, None, settings)
        answer = api.report("rejects", None, None, settings)
        page = StringIO()
        draw_findings(answer, Console(file=page, width=80, highlight=False))
        heads = [line for line in page.getvalue().splitlines() if line[:1].isdigit()]
        return heads, [row["snapshot_days"] for row in answer.rows]

    return told


def test_an_old_snapshot_is_told_beside_the_certainty(headed) -> None:
    heads, days = headed([record()], NOON - 269 * DAY)
    assert heads == ["1. sg_ingress_miss  certain  by a snapshot 269 days older"]
    assert days == [269]


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(hours=47)])
def test_of_a_snapshot_that_is_taken_daily_nothing_is_said(headed, age) -> None:
    heads, _ = headed([record()], NOON - age)
    assert heads == ["1. sg_ingress_miss  certain"]


def test_of_many_records_the_oldest_snapshot_counts(headed) -> None:
    later = NOON + 30 * DAY
    records = [record(), record(start_time=later + timedelta(minutes=5))]
    assert headed(records, NOON - 5 * DAY, later)[1] == [5]


def test_a_snapshot_of_after_the_records_is_not_older(headed) -> None:
    heads, days = headed([record()], NOON + 9 * DAY)
    assert (heads, days) == (["1. sg_ingress_miss  probable"], [None])
