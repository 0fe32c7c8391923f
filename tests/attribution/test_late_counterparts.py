"""Losses judged again: what came since may show that nothing was lost, or that it was elsewhere."""

from datetime import timedelta
from pathlib import Path

import pytest
from losses_in_memory import BEATS, DAY, answer, at, flow, watched
from network_on_disk import load, verdicts
from reference.dumps import write_log
from reference.organisation import NOON
from wide_network import E, T, plain, route, snapshot

from pipeline import api
from pipeline.attribution.judge import Judged
from pipeline.config import Settings

PEERED = route("10.1.0.0/16", "pcx-b")
ASKED = flow("eni-e", E, T)
HEARD = at(ASKED, "eni-t")
SETTLED = plain(PEERED)


def ingest(folder: Path, settings: Settings, name: str, *records: dict) -> Judged:
    """Bring records into the lake and judge; the first of them is line 2."""
    write_log(list(records), folder / name)
    api.ingest_files([folder / name], settings)
    return api.attribute(None, None, settings)


@pytest.fixture
def settings(tmp_path) -> Settings:
    made = Settings(tmp_path / "lake")
    for network, when in ((plain(), NOON), (plain(), NOON + DAY)):
        load(tmp_path, made, snapshot(watched(network), when))
    return made


def brief(settings: Settings) -> list[tuple]:
    return [(row["cause"], row["replaced_because"]) for row in verdicts(settings)]


def test_a_loss_is_a_verdict_like_others(tmp_path, settings) -> None:
    judged = ingest(tmp_path, settings, "first.log", ASKED, *BEATS)
    assert (judged.records, judged.lost, judged.written) == (0, 1, 1)
    (row,) = verdicts(settings)
    assert (row["line_number"], row["cause"], row["leg"]) == (2, "route_missing", "forward")
    assert (row["src_ip"], row["dst_ip"], row["dst_port"]) == (E, T, 443)
    assert row["end_time"] == ASKED["end_time"]
    again = api.attribute(None, None, settings)
    assert (again.lost, again.written, again.replaced) == (1, 0, 0)


def test_an_answer_that_comes_late_takes_the_verdict_back(tmp_path, settings) -> None:
    ingest(tmp_path, settings, "first.log", ASKED, *BEATS)
    judged = ingest(tmp_path, settings, "second.log", answer(ASKED))
    assert (judged.lost, judged.written, judged.replaced) == (0, 1, 1)
    assert brief(settings) == []
    (row,) = api.sql("from judgements where decision_id is null", settings).to_pylist()
    assert row["replaced_because"] == "a counterpart record arrived since: it was no loss"
    assert api.attribute(None, None, settings).written == 0
    assert api.lake_verify(settings) == []


def test_what_shows_it_at_the_other_end_gives_another_verdict(tmp_path, settings) -> None:
    ingest(tmp_path, settings, "first.log", ASKED, *BEATS)
    ingest(tmp_path, settings, "second.log", HEARD)
    assert brief(settings) == [("host_silent", "a counterpart record arrived since")]


def test_a_snapshot_that_comes_late_gives_another_verdict(tmp_path, settings) -> None:
    ingest(tmp_path, settings, "first.log", ASKED, *BEATS)
    load(tmp_path, settings, snapshot(watched(SETTLED), NOON + timedelta(minutes=1)))
    judged = api.attribute(None, None, settings)
    assert judged.replaced == 1
    (row,) = verdicts(settings)
    assert row["cause"] == "lost_unexplained"
    assert row["replaced_because"] == "a snapshot loaded since gives another answer"


def test_what_can_no_longer_be_proven_is_taken_back(tmp_path, settings) -> None:
    ingest(tmp_path, settings, "first.log", ASKED, *BEATS)
    gap = {"interface_id": "eni-e", "log_status": "SKIPDATA"}
    gap |= {"start_time": ASKED["start_time"], "end_time": ASKED["end_time"]}
    ingest(tmp_path, settings, "second.log", gap)
    assert brief(settings) == []
    (row,) = api.sql("from judgements where decision_id is null", settings).to_pylist()
    assert row["replaced_because"] == "by what was logged and observed since no loss is proven"


def test_a_refusal_at_the_other_end_that_comes_late_takes_it_back(tmp_path, settings) -> None:
    ingest(tmp_path, settings, "first.log", ASKED, *BEATS)
    ingest(tmp_path, settings, "second.log", HEARD | {"action": "REJECT", "protocol": 6})
    assert [row["cause"] for row in verdicts(settings) if row["interface_id"] == "eni-e"] == []


def test_only_the_window_is_judged_and_what_is_around_it_counts(tmp_path, settings) -> None:
    early = ASKED | {"start_time": NOON + timedelta(hours=-5), "srcport": 50001}
    write_log([ASKED, early, *BEATS], tmp_path / "first.log")
    api.ingest_files([tmp_path / "first.log"], settings)
    start = ASKED["start_time"]
    judged = api.attribute(start, start + timedelta(seconds=1), settings)
    assert (judged.lost, judged.written) == (1, 1)
    write_log([answer(ASKED)], tmp_path / "second.log")
    api.ingest_files([tmp_path / "second.log"], settings)
    judged = api.attribute(start, start + timedelta(seconds=1), settings)
    assert (judged.lost, judged.written) == (0, 1)
