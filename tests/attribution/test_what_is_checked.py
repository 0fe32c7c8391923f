"""Random networks and their remedies: what is checked, the evaluator lets through."""

from changed_snapshots import with_changes
from network_on_disk import findings
from reference.connections import answered
from reference.evaluator import evaluate

from pipeline import api
from pipeline.lake.catalog import open_lake
from pipeline.remedies.trials import remedies

# The rows of the decision table in which nothing of the configuration refuses.
PASSES = {11, 21}
TRACKED = {11, 13, 14, 19, 21}
SHARED = (
    "cause",
    "certainty",
    "blockers",
    "direction",
    "path",
    "protocol",
    "vpc_id",
    "account_id",
    "peer_vpc_id",
    "peer_account_id",
)
ENDS = ("interface_id", "src_ip", "dst_ip")


def test_what_is_checked_the_evaluator_lets_through(network_seed: int, judged_network) -> None:
    network, settings = judged_network(network_seed)
    rows = findings(settings)
    verdicts = api.sql("select * from verdicts", settings).to_pylist()
    told = zip(rows, remedies(open_lake(settings.lake), rows), strict=True)
    checked = [(row, remedy) for row, remedy in told if remedy and remedy.checked]
    assert checked
    for row, remedy in checked:
        changed = [with_changes(one, remedy.changes) for one in network.snapshots]
        records = [network.records[line - 2] for line in lines_of(row, verdicts)]
        assert records
        for record in records:
            moment = row["tried"]["last_start"]
            again = record | {"start_time": moment, "end_time": moment}
            log = [answered(again)] if row["cause"].endswith("_reply") else []
            expected = evaluate(again, changed, [again, *log])
            # What comes late, or may answer something, needs a connection that is still there.
            is_start = expected.phase in ("initial", "unknown")
            assert expected.row in (PASSES if is_start else TRACKED), (again, remedy, expected)


def lines_of(row: dict, verdicts: list[dict]) -> list[int]:
    """The lines of the finding's records."""
    return [
        verdict["line_number"]
        for verdict in verdicts
        if all(verdict[name] == row[name] for name in SHARED)
        and row["dst_port"] in (None, verdict["dst_port"])
        and row["src_port"] in (None, verdict["src_port"])
        and {name: verdict[name] for name in ENDS} in row["tried"]["ends"]
    ]
