"""Judging packets that no log has: what the stages would say of them, and of a changed network.

The stages that read records are left out, and what they would have told of a record is told of the
packet by two stages of its own; the rest is one text for both. Whatever a judging makes is undone
when it ends, so that one connection, which costs more than a judging, serves many.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

import polars as pl

from pipeline.attribution.changed import Change, apply, let_be
from pipeline.attribution.judge import run_stages
from pipeline.attribution.stages import ASKED, DECIDED, ENDS, STEPS, STOOD, TIMES, WAYS
from pipeline.engines import duckdb, queries
from pipeline.lake import reading
from pipeline.lake.catalog import Lake
from pipeline.lake.columns import INT, TEXT, TIME
from pipeline.lake.reading import Planned
from pipeline.lake.tables import TABLES

# `direction` is ingress or egress, as the interface sees it. `phase` is initial, reply or late;
# where it is NULL, flags and ports tell it, as they do of a record. What judges is the snapshot
# that precedes `start_time`.
PACKETS = pl.Schema(
    {
        "interface_id": TEXT,
        "direction": TEXT,
        "src_ip": TEXT,
        "dst_ip": TEXT,
        "protocol": INT,
        "src_port": INT,
        "dst_port": INT,
        "tcp_flags": INT,
        "phase": TEXT,
        "start_time": TIME,
    }
)
# Whose rows come from logs, or from judging them.
_RECORDS = {"flows", "transit_gateway_flows", "ledger", "decisions", "judgements"}
# What stands in place of the stages that read records; the tables have the names of those.
_INSTEAD = {
    "texts": "packet_texts",
    "keys": "packet_keys",
    "addresses_asked": "packet_addresses",
    "followed": "packets_followed",
    "loss_questions": "packet_questions",
}
# What says what others' texts mean: a row more is nothing to who does not ask for it.
_LEXICON = "networks"
_STAGES = ("texts", "keys", "tuples", *ASKED, *STOOD, *ENDS, *DECIDED)
# What `follow` runs over them.
_FOLLOWING = (*WAYS, "loss_questions", *STEPS)
_NAMED = (*TIMES, *(_INSTEAD.get(name, name) for name in (*_STAGES, *_FOLLOWING)))


@contextmanager
def opened(lake: Lake, *rooms: str) -> Iterator[duckdb.Connection]:
    """Open a connection for judging packets: over the configuration, and over no records.

    `rooms` are those of the queries that are to be asked besides. The configuration is read once,
    for each stage that reads a table of the lake opens its files; and so are its TIMES.
    """
    words = queries.read_by(
        *(queries.text("attribution", name) for name in _NAMED),
        *(queries.text(room, name) for room in rooms for name in queries.names(room)),
    )
    names = TABLES.keys() & words
    planned = reading.plans(lake, names - _RECORDS)
    with duckdb.connect(lake, names=()) as connection:
        for name in planned:
            duckdb.keep(connection, name, planned[name])
        for name in names & _RECORDS:
            duckdb.show(connection, name, _unread(lake, name))
        duckdb.show_views(connection, words)
        _run_stages(connection, TIMES)
        yield connection


def _unread(lake: Lake, name: str) -> Planned:
    return Planned([], reading.columns_of(lake.table(name).schema()))


@contextmanager
def judging(
    connection: duckdb.Connection, packets: pl.DataFrame, changes: Iterable[Change] = ()
) -> Iterator[None]:
    """Judge packets, in a network that is changed where there are changes: none of them of TIMES.

    `packets` has columns of PACKETS; those that it lacks are NULL. While the block lasts, each
    stage (group_answers, acl_answers, ...) can be read under its name; their questions are joined
    to the packets by case_questions, whose key_id is the place of the packet, from 0. Their ways
    can be followed, too, see `follow`.
    """
    connection.begin()
    try:
        apply(connection, list(changes))
        _lay_down(connection, packets)
        _run_stages(connection, _STAGES)
        yield
    finally:
        connection.rollback()


def rejudge(
    connection: duckdb.Connection, changes: Iterable[Change], instead_of: Iterable[Change]
) -> None:
    """Judge the packets that are being judged once more, by other changes than before.

    Only what reads the tables that are changed, or were, is judged anew; `changes` are of groups'
    rules and ACLs' entries, which tell nothing of times.
    """
    new, old = list(changes), list(instead_of)
    let_be(connection, old)
    apply(connection, new)
    _run_stages(connection, _reading({change.table for change in (*old, *new)}))


def _reading(tables: Collection[str]) -> list[str]:
    """Return the stages that read any of the tables, and those that read these, in their order."""
    read, reading = set(tables), list[str]()
    for stage in _STAGES:
        if read & queries.read_by(queries.text("attribution", _INSTEAD.get(stage, stage))):
            reading.append(stage)
            read |= {stage} - {_LEXICON}
    return reading


def verdicts(connection: duckdb.Connection) -> pl.DataFrame:
    """Return the verdict of each packet that is being judged, in the order of the packets.

    The columns are those of the view `verdicts` that a decision has, and `allowed`: whether groups
    and ACL let the packet pass at its interface, NULL where that is not known. What is allowed has
    no cause.
    """
    return pl.DataFrame(duckdb.select(connection, queries.text("attribution", "packet_verdicts")))


def _lay_down(connection: duckdb.Connection, packets: pl.DataFrame) -> None:
    lacking = [pl.lit(None).alias(name) for name in PACKETS if name not in packets.columns]
    typed = packets.with_columns(lacking).select(PACKETS.names()).cast(PACKETS)
    numbered = typed.with_columns(pl.int_range(pl.len()).alias("packet_id"))
    connection.register("packets", numbered.to_arrow())


def follow(connection: duckdb.Connection) -> None:
    """Follow the packets that are being judged, hop by hop, where they leave an interface.

    While they are judged, `ways` can be read, and loss_steps, whose question_id is the place of the
    packet, from 0.
    """
    _run_stages(connection, _FOLLOWING)


def _run_stages(connection: duckdb.Connection, stages: Iterable[str]) -> None:
    run_stages(connection, stages, {}, of_few=True, instead=_INSTEAD)
