"""What the flow logs saw of a packet, and what they say of the configuration."""

from datetime import timedelta

from asking import AT, ask, joined, kept, text_of
from reference.dumps import write_log
from reference.organisation import record
from wide_network import E, T

from pipeline import api
from pipeline.config import Settings

MINUTE = timedelta(minutes=1)


def logged(lake: Settings, folder, *more: dict) -> Settings:
    """Ingest records of packets that E sends to T, each a minute long, from port 50000."""
    made = [
        record(T, "egress", srcaddr=E, interface_id="eni-e", srcport=50000, dstport=443)
        | {"start_time": AT, "end_time": AT + MINUTE}
        | one
        for one in more
    ]
    write_log(made, folder / "flows.log")
    api.ingest_files([folder / "flows.log"], lake)
    return lake


def test_one_flow_accepted_and_refused_within_one_window_is_told(tmp_path) -> None:
    lake = logged(
        kept(tmp_path, (joined(), timedelta())),
        tmp_path,
        {"action": "ACCEPT"},
        {"action": "REJECT", "start_time": AT + MINUTE, "end_time": AT + 2 * MINUTE},
        # Another window, another port, and answers.
        {"action": "ACCEPT", "start_time": AT + 10 * MINUTE, "end_time": AT + 11 * MINUTE},
        {"action": "REJECT", "srcport": 50001},
        {"action": "REJECT", "srcaddr": T, "dstaddr": E, "srcport": 443, "dstport": 50000}
        | {"flow_direction": "ingress", "pkt_srcaddr": T, "pkt_dstaddr": E},
    )
    answer = ask(lake, port=443)
    told = [
        (row["action"], row["src_port"], row["start_time"])
        for row in answer.observed
        if row["is_contradicted"]
    ]
    assert told == [("ACCEPT", 50000, AT), ("REJECT", 50000, AT + MINUTE)]
    said = "eni-e let it pass and refused it within one window, from 2025-06-01T13:00:00Z"
    assert text_of(answer).count(said) == 1


def test_one_action_in_each_window_says_nothing(tmp_path) -> None:
    later = {"start_time": AT + 2 * MINUTE, "end_time": AT + 3 * MINUTE}
    lake = logged(
        kept(tmp_path, (joined(), timedelta())),
        tmp_path,
        {"action": "ACCEPT"},
        {"action": "REJECT"} | later,
    )
    answer = ask(lake, port=443)
    assert [row["is_contradicted"] for row in answer.observed] == [False, False]
    assert "within one window" not in text_of(answer)
