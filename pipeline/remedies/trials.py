"""Trying remedies: a finding's packets are judged again in the network as it would be.

A change only ever allows, and only what it names. So those that cannot touch each other's packets
are tried together, and few judgings do for many findings.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from ipaddress import ip_address
from itertools import product
from typing import Any

import polars as pl

from pipeline.attribution import packets
from pipeline.attribution.changed import Change
from pipeline.engines import duckdb
from pipeline.lake.catalog import Lake
from pipeline.remedies.changes import AclEntry, Changed, as_rows, element_of
from pipeline.remedies.losses import MENDABLE, remedy_of_loss
from pipeline.remedies.places import placed
from pipeline.remedies.remedy import AGAIN, CHANGEABLE, NOT_AGAIN, Known, Remedy, remedy
from pipeline.remedies.surroundings import MOST, Surroundings, look_around, packets_of

# Element, direction, protocol, peer and port.
_Key = tuple[str, str, int, str, int | str]
_ANY = "any"
# What is judged: the packet itself, the packet at its other end, and what answers it.
_ITSELF, _ARRIVING, _ANSWER = 0, 1, 2
_REVERSED = {"src_ip": "dst_ip", "dst_ip": "src_ip", "src_port": "dst_port", "dst_port": "src_port"}
_WHAT = {_ITSELF: "it", _ARRIVING: "it", _ANSWER: "its answers"}


@dataclass(frozen=True, slots=True)
class _Trial:
    """A remedy to be tried; what its changes could touch, and what could touch its packets."""

    number: int
    proposed: Remedy
    touches: frozenset[_Key]
    touched_by: frozenset[_Key]


@dataclass(frozen=True, slots=True)
class _Tries:
    """What is proposed for findings; what of it was tried, on which packets, and the verdicts."""

    proposed: list[Remedy | None]
    trials: list[_Trial]
    packets: pl.DataFrame
    outcomes: list[pl.DataFrame]


def remedies(lake: Lake, findings: Sequence[Mapping[str, Any]]) -> list[Remedy | None]:
    """Return the remedy of each finding, tried where it changes groups or ACLs.

    None stands where nobody knows what refused or lost it. `findings` are rows of
    queries/reports/rejects.sql.
    """
    made = packets_of(findings)
    if not any(finding["cause"] in (*CHANGEABLE, *MENDABLE) for finding in findings):
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
        _trial(number, one, findings[number])
        for number, one in enumerate(proposed)
        if one and one.changes
    ]
    outcomes, before = list[pl.DataFrame](), list(given)
    for together in _rounds(trials):
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
        for trial in tries.trials:
            finding, verdicts = findings[trial.number], of_findings[trial.number]
            told[trial.number] = _checked(trial.proposed, finding, verdicts)
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


def _trial(number: int, proposed: Remedy, finding: Mapping[str, Any]) -> _Trial:
    elements = [
        element for blocker in finding["blockers"] for element in blocker["element_id"].split(",")
    ]
    ports = finding["dst_ports"][:1] if finding["protocol"] in (6, 17) else []
    touched_by = product(
        elements,
        [finding["direction"]],
        [finding["protocol"]],
        [*map(_address, finding["peer_ips"]), _ANY],
        [*ports, _ANY],
    )
    return _Trial(number, proposed, frozenset(map(_key, proposed.changes)), frozenset(touched_by))


def _key(change: Changed) -> _Key:
    """Return what a change could touch: whom of many, and which of many ports, is left open."""
    first, last = change.ports or (0, 65535)
    peer = _address(change.cidr.partition("/")[0]) if change.cidr else _ANY
    port = first if first == last else _ANY
    return element_of(change), change.direction, change.protocol, peer, port


def _address(text: str) -> str:
    """Return an address in one of the ways in which it can be written."""
    try:
        return str(ip_address(text))
    except ValueError:
        return text


def _rounds(trials: Sequence[_Trial]) -> list[list[_Trial]]:
    """Share trials out, each into the first round with which it has nothing to do."""
    rounds: list[tuple[list[_Trial], set[_Key], set[_Key]]] = []
    for trial in trials:
        fitting = (
            one
            for one in rounds
            if trial.touches.isdisjoint(one[2]) and trial.touched_by.isdisjoint(one[1])
        )
        into = next(fitting, None)
        if into is None:
            rounds.append(into := ([], set(), set()))
        into[0].append(trial)
        into[1].update(trial.touches)
        into[2].update(trial.touched_by)
    return [together for together, *_ in rounds]


def _changes(
    together: Sequence[_Trial], around: Surroundings, given: Sequence[Change]
) -> list[Change]:
    """Return the changes of a round, beside what is given."""
    changed = [change for trial in together for change in trial.proposed.changes]
    if given:
        changed = [replace(change, icmp=None) for change in changed]
    return [*given, *as_rows(changed, around.group_scopes, around.acl_scopes)]


def _of(trials: Sequence[_Trial], around: Surroundings) -> pl.DataFrame:
    numbers = [trial.number for trial in trials]
    of_them = around.packets.filter(pl.col("finding").is_in(numbers))
    return of_them.with_columns(step=pl.lit(_ITSELF))


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
    steps = ((_ARRIVING, arriving), (_ANSWER, answers))
    after = pl.concat([rows.with_columns(step=pl.lit(step)) for step, rows in steps])
    return after.with_columns(packet_id=pl.int_range(pl.len()))


def _checked(
    proposed: Remedy, finding: Mapping[str, Any], verdicts: Sequence[Mapping[str, Any]]
) -> Remedy:
    """Say what came of a trial: allowed, and by what refused next; or what is against it."""
    itself = [one for one in verdicts if one["step"] == _ITSELF]
    against = next((one for one in itself if not one["allowed"]), None)
    if not any(one["was_refused"] for one in itself):
        why = "it passes, as things stood at its last record"
        return replace(proposed, check=f"{NOT_AGAIN}: {why}")
    if against is not None:
        return replace(proposed, check=f"{AGAIN}: {_against(against)}")
    ends = len(finding["tried"]["ends"])
    some = f" in {MOST} of its {ends} pairs of ends" if ends > MOST else ""
    told = "".join(f"; next, {_refusal(one)}" for one in _next(verdicts))
    check = f"{AGAIN}: groups and ACL let it through{some}{told}"
    return replace(proposed, checked=True, check=check)


def _next(verdicts: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the first refusal at the other end, and the first one of the answers."""
    refused = [one for one in verdicts if one["allowed"] is False]
    for step in (_ARRIVING, _ANSWER):
        yield from [one for one in refused if one["step"] == step][:1]


def _against(verdict: Mapping[str, Any]) -> str:
    """Name what is against a packet: what was there to be changed, or what comes next."""
    is_next = verdict["cause"] == "block_public_access"
    return f"{'next, ' if is_next else ''}{_refusal(verdict)}"


def _refusal(verdict: Mapping[str, Any]) -> str:
    """Name what refuses a packet that is judged, or why that is not known."""
    what, at = _WHAT[verdict["step"]], f"at {verdict['interface_id']}"
    if verdict["allowed"] is None:
        return f"whether it passes {at} is not known ({verdict['cause']}: {verdict['note']})"
    if verdict["element_type"] == "network-acl":
        return f"rule {verdict['rule']} of {verdict['element_id']} refuses {what} {at}"
    if verdict["element_type"] == "security-group":
        return f"no rule of {verdict['element_id']} allows {what} {at}"
    return f"VPC Block Public Access may refuse {what} {at}"
