"""Trying remedies: a finding's packets are judged again in the network as it would be.

Few judgings do for many findings, see `rounds`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl

from pipeline.attribution import packets
from pipeline.attribution.changed import Change
from pipeline.engines import duckdb
from pipeline.lake.catalog import Lake
from pipeline.remedies.changes import AclEntry, as_rows
from pipeline.remedies.losses import MENDABLE, remedy_of_loss
from pipeline.remedies.outcomes import ANSWER, ARRIVING, ITSELF, checked
from pipeline.remedies.places import placed
from pipeline.remedies.remedy import CHANGEABLE, Known, Remedy, is_expired, remedy
from pipeline.remedies.rounds import Trial, rounds, trial
from pipeline.remedies.surroundings import Surroundings, look_around, packets_of

_REVERSED = {"src_ip": "dst_ip", "dst_ip": "src_ip", "src_port": "dst_port", "dst_port": "src_port"}


@dataclass(frozen=True, slots=True)
class _Tries:
    """What is proposed for findings; what of it was tried, on which packets, and the verdicts."""

    proposed: list[Remedy | None]
    trials: list[Trial]
    packets: pl.DataFrame
    outcomes: list[pl.DataFrame]


def remedies(lake: Lake, findings: Sequence[Mapping[str, Any]]) -> list[Remedy | None]:
    """Return the remedy of each finding, tried where it changes groups or ACLs.

    None stands where nobody knows what refused or lost it. `findings` are rows of
    queries/reports/rejects.sql.
    """
    made = packets_of(findings)
    if not any(f["cause"] in (*CHANGEABLE, *MENDABLE) or is_expired(f) for f in findings):
        return [remedy(finding) or remedy_of_loss(finding) for finding in findings]
    with packets.opened(lake, "remedies") as connection:
        with packets.judging(connection, made):
            tries = _tried(connection, findings, made, ())
        outcomes = [*tries.outcomes, *_afterwards(connection, tries)]
    return _told(findings, tries, outcomes)


def tried(
    connection: duckdb.Connection,
    finding: Mapping[str, Any],
    packet: int,
    given: Sequence[Change] = (),
) -> Remedy | None:
    """Return the remedy of a finding whose packet is among those that are being judged, the place.

    `connection` is opened for packets and their remedies. `given` is what they are judged by in
    place of the network's own rows: what it makes of rules for one ICMP type holds for what is
    proposed for that type, too. What comes after the packet is not judged.
    """
    made = packets_of([finding]).with_columns(packet_id=pl.lit(packet, pl.Int64()))
    tries = _tried(connection, [finding], made, given)
    return _told([finding], tries, tries.outcomes)[0]


def _tried(
    connection: duckdb.Connection,
    findings: Sequence[Mapping[str, Any]],
    made: pl.DataFrame,
    given: Sequence[Change],
) -> _Tries:
    """Try what is proposed for findings, round by round, on their packets that are being judged."""
    around = look_around(connection, made, findings, given)
    proposed = _proposed(findings, placed(connection, findings, around.known))
    trials = [
        trial(number, one, findings[number])
        for number, one in enumerate(proposed)
        if one and one.changes
    ]
    outcomes, before = list[pl.DataFrame](), list(given)
    for together in rounds(trials):
        changes = _changes(together, around, given)
        packets.rejudge(connection, changes, before)
        outcomes.append(_outcome(connection, _of(together, around)))
        before = changes
    return _Tries(proposed, trials, _of(trials, around), outcomes)


def _afterwards(connection: duckdb.Connection, tries: _Tries) -> Iterator[pl.DataFrame]:
    """Judge what comes after the packets that were tried, if anything does."""
    after = _followed(tries.packets)
    if not after.is_empty():
        with packets.judging(connection, after):
            yield _outcome(connection, after)


def _told(
    findings: Sequence[Mapping[str, Any]], tries: _Tries, outcomes: Sequence[pl.DataFrame]
) -> list[Remedy | None]:
    """Return what is proposed for findings, with what came of it."""
    told = list(tries.proposed)
    if outcomes:
        of_findings = pl.concat(outcomes).rows_by_key("finding", named=True, unique=False)
        for one in tries.trials:
            verdicts = of_findings[one.number]
            told[one.number] = checked(one.proposed, findings[one.number], verdicts)
    return told


def _proposed(
    findings: Sequence[Mapping[str, Any]], known: Mapping[int, Known]
) -> list[Remedy | None]:
    """Propose a remedy for each finding; a number of an ACL that one of them takes is not free."""
    proposed, taken = [], list[Mapping[str, Any]]()
    for number, finding in enumerate(findings):
        of_finding = known[number]
        entries = [*(of_finding.entries or ()), *taken] if of_finding.entries is not None else None
        one = remedy(finding, replace(of_finding, entries=entries))
        one = one or remedy_of_loss(finding, of_finding)
        proposed.append(one)
        taken += [asdict(c) for c in (one.changes if one else ()) if isinstance(c, AclEntry)]
    return proposed


def _changes(
    together: Sequence[Trial], around: Surroundings, given: Sequence[Change]
) -> list[Change]:
    """Return the changes of a round, beside what is given."""
    changed = [change for one in together for change in one.proposed.changes]
    if given:
        changed = [replace(change, icmp=None) for change in changed]
    return [*given, *as_rows(changed, around.group_scopes, around.acl_scopes)]


def _of(trials: Sequence[Trial], around: Surroundings) -> pl.DataFrame:
    numbers = [one.number for one in trials]
    of_them = around.packets.filter(pl.col("finding").is_in(numbers))
    return of_them.with_columns(step=pl.lit(ITSELF))


def _outcome(connection: duckdb.Connection, made: pl.DataFrame) -> pl.DataFrame:
    """Return what is said of packets among those that are being judged."""
    verdicts = packets.verdicts(connection)[made["packet_id"]]
    return pl.concat([made.select("finding", "step", "was_refused"), verdicts], how="horizontal")


def _followed(made: pl.DataFrame) -> pl.DataFrame:
    """Return what comes after packets that start a flow: they arrive, and are answered.

    No change of the way that a packet took is of what comes after it, which goes the other way
    through an interface: so that is judged in the network as it stands.
    """
    starts = made.filter(pl.col("phase") == "initial")
    arriving = starts.filter(
        pl.col("direction") == "egress", pl.col("peer_interface_id").is_not_null()
    ).with_columns(pl.col("peer_interface_id").alias("interface_id"), direction=pl.lit("ingress"))
    answers = starts.with_columns(
        *(pl.col(source).alias(name) for name, source in _REVERSED.items()),
        direction=pl.col("direction").replace({"ingress": "egress", "egress": "ingress"}),
        phase=pl.lit("reply"),
    )
    steps = ((ARRIVING, arriving), (ANSWER, answers))
    after = pl.concat([rows.with_columns(step=pl.lit(step)) for step, rows in steps])
    return after.with_columns(packet_id=pl.int_range(pl.len()))
