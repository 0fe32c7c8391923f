"""What is said of a finding, where no golden has it."""

from network_on_disk import findings, prepare
from reference.connections import accepted, answered
from reference.organisation import (
    ALL_IN,
    NEIGHBOUR,
    OURS,
    PEERED,
    REGION,
    entry,
    organisation,
    record,
    rule,
)

from pipeline import api
from pipeline.lake.catalog import open_lake
from pipeline.remedies.trials import remedies
from pipeline.reports.sentences import evidence_lines, sentence


def test_a_stale_rule_is_told_as_what_worked_before(tmp_path) -> None:
    told = {"VpcPeeringConnectionId": "pcx-gone", "PeeringStatus": "deleted", "UserId": OURS}
    stale = rule("tcp", (443, 443)) | {"UserIdGroupPairs": [{"GroupId": "sg-gone"} | told]}
    settings = prepare(tmp_path, [record(PEERED)], organisation([stale]))
    api.attribute(None, None, settings)
    (row,) = rows = findings(settings)
    assert sentence(row) == "tcp/443 into eni-e: no ingress rule of sg-e allows it."
    lines = list(evidence_lines(row))
    assert "nearest: sg-e tcp 443 sg-gone: fits, but is stale: what it refers to is gone" in lines
    why = "its peering connection is deleted"
    assert f"note: sg-e refers to sg-gone, which is stale: {why}" in lines
    (remedy,) = remedies(open_lake(settings.lake), rows)
    assert remedy.text == (
        f"Allow tcp/443 from {PEERED} in sg-e. "
        "Its rule tcp 443 sg-gone is stale and lets nothing through: it can go."
    )
    assert [change.cidr for change in remedy.changes] == [f"{PEERED}/32"]
    assert remedy.checked


def test_an_expired_connection_is_told_with_what_keeps_it(tmp_path) -> None:
    made = record(tcp_flags=0)
    begun = accepted(made, 3600, srcaddr=NEIGHBOUR, srcport=40000)
    log = [made, accepted(made, 600), answered(made, 600), begun]
    kept = organisation(timeouts={"TcpEstablishedTimeout": 350})
    settings = prepare(tmp_path, log, kept)
    api.attribute(None, None, settings)
    (row,) = rows = findings(settings)
    lines = list(evidence_lines(row))
    assert "nearest: eni-e TcpEstablishedTimeout=350: its connection was idle for longer" in lines
    (remedy,) = remedies(open_lake(settings.lake), rows)
    assert remedy.text == (
        "No rule is to be changed: a connection was idle for longer than eni-e keeps it "
        "(TcpEstablishedTimeout=350, in seconds). Let its ends send keepalives more often, or let "
        "the interface keep it for longer than its longest pause; one that AWS manages cannot be "
        "changed."
    )
    assert "TcpEstablishedTimeout=3600" in str(remedy.aws_cli)
    assert f"--region {REGION}" in str(remedy.aws_cli)
    assert not remedy.checked


def test_an_acl_that_denies_by_a_rule_that_depends_on_the_type_of_icmp(tmp_path) -> None:
    ping = {"protocol": 1, "tcp_flags": None, "srcport": 0, "dstport": 0}
    acl = [entry(90, "deny", "1", kind=8), entry(95, "allow", "6")]
    settings = prepare(tmp_path, [record(**ping)], organisation([ALL_IN], acl=acl))
    api.attribute(None, None, settings)
    (row,) = rows = findings(settings)
    assert sentence(row) == "icmp into eni-e: acl-e denies it whatever the ICMP type."
    (remedy,) = remedies(open_lake(settings.lake), rows)
    assert "in acl-e before all its rules that deny it" in remedy.text
