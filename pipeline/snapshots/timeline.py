"""When the rows of a table were observed: by their own answers, and by those without their subject.

What a call is asked for each of, another call lists: where its answer lists one no more, nothing of
it is left. An object that an answer leaves out was not observed by it. Therefore times are of
tracks: a scope, or in it an object that was left out once.
"""

from collections.abc import Callable
from datetime import datetime

import polars as pl

from pipeline.lake.calls import CALLS
from pipeline.lake.calls.call import Call
from pipeline.lake.columns import TIME
from pipeline.snapshots.shapes import identity

# The table and the columns in which a call's objects have their ids.
Rows = Callable[[str], pl.DataFrame]
_NO_TIMES = pl.DataFrame(
    schema={
        "scope": pl.String(),
        "at": TIME,
        "is_new": pl.Boolean(),
    }
)


def listed_in(call: Call) -> str:
    """Return the table that has a row for each object of a call, by its first column."""
    return call.shapes[0].table


def parents(calls: list[Call]) -> dict[str, Call]:
    """Return, by the name of each call that is asked for one thing, the call that lists those."""
    named = {call.name: call for call in CALLS}
    return {call.name: named[call.about.call] for call in calls if call.about}


def feeding(table: str) -> list[Call]:
    """Return the calls that fill a table."""
    return [call for call in CALLS if any(shape.table == table for shape in call.shapes)]


def events(table: str, observations: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """Return when each track of a table was observed: track, at, is_new.

    `observations` are all complete ones, with `is_new` where they are to be folded; `rows` has the
    tables of the calls that list others, in which the new ones are folded already.
    """
    calls = {call.name for call in feeding(table)}
    own = observations.filter(pl.col("call").is_in(calls)).select(
        "scope", pl.col("finished").alias("at"), "is_new"
    )
    every = pl.concat([own, _gone(table, observations, own, rows)])
    told = left_out(table, observations)
    objects = every.join(told.select("scope", "track").unique(), on="scope")
    observed = objects.join(told, on=["track", "at"], how="anti")
    columns = ["track", "at", "is_new"]
    return pl.concat([every.rename({"scope": "track"}).select(columns), observed.select(columns)])


def left_out(table: str, observations: pl.DataFrame) -> pl.DataFrame:
    """Return the objects of a table that answers left out: scope, track, at."""
    told = observations.select("scope", "left_out", at="finished").explode("left_out")
    told = told.filter(pl.col("left_out").str.starts_with(f"{table}/"))
    return told.select("scope", "at", track=pl.concat_str("scope", "left_out", separator="\n"))


def never_told(observations: pl.DataFrame) -> pl.DataFrame:
    """Return the objects that all observations of their scope left out: scope, left_out, track."""
    each = observations.with_columns(times=pl.len().over("scope")).explode("left_out")
    told = (
        each.group_by("scope", "left_out", "times").len().filter(pl.col("len") == pl.col("times"))
    )
    track = pl.concat_str("scope", "left_out", separator="\n")
    return told.drop_nulls("left_out").select("scope", "left_out", track=track).sort("track")


def tracked(table: str, rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Say of each row which track it is on."""
    if not told.height:
        return rows.with_columns(track="scope")
    name = pl.concat_str([pl.lit(table), *identity(table)], separator="/")
    own = pl.concat_str(["scope", name], separator="\n")
    apart = own.is_in(told["track"].unique().implode())
    return rows.with_columns(track=pl.when(apart).then(own).otherwise("scope"))


def in_force(rows: pl.DataFrame, at: datetime) -> pl.DataFrame:
    """Return the rows of a table that hold at a time."""
    ends_later = pl.col("valid_to").is_null() | (pl.col("valid_to") > at)
    return rows.filter((pl.col("valid_from") <= at) & ends_later)


def begun_after(
    fresh: pl.DataFrame, known: pl.DataFrame, since: datetime, rows: Rows
) -> pl.DataFrame:
    """Return the scopes about what was not there yet: scope, finished, not_before.

    `fresh` are observations of scopes that had none at `since`, `known` those of the others. What a
    scope is about was not there while answers did not list it: each of those answers is a row.
    """
    found = [pl.DataFrame(schema={"scope": pl.String(), "finished": TIME, "not_before": TIME})]
    for name, parent in parents(list(CALLS)).items():
        asked = fresh.filter(pl.col("call") == name)
        place = pl.concat_str("account_id", "region", pl.lit(parent.name), separator="/")
        scopes = asked.select("scope", "subject_id", parent=place).unique()
        lists = known.filter(pl.col("call") == parent.name)
        lists = lists.select("finished", "left_out", parent="scope", not_before="started")
        (column,) = identity(listed_in(parent))
        listed = rows(listed_in(parent)).select("valid_from", parent="scope", subject_id=column)
        begun = listed.group_by("parent", "subject_id").agg(pl.col("valid_from").min())
        dated = scopes.join(begun, on=["parent", "subject_id"]).join(lists, on="parent")
        own = pl.concat_str(pl.lit(listed_in(parent)), "subject_id", separator="/")
        told = ~pl.col("left_out").list.contains(own).fill_null(False)
        absent = dated.filter(told & (pl.col("finished") < pl.col("valid_from")))
        then = absent.filter((pl.col("finished") <= since).any().over("scope"))
        found.append(then.select("scope", "finished", "not_before"))
    return pl.concat(found)


def _gone(table: str, observations: pl.DataFrame, own: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """Return when answers did not list what scopes are about, and nobody asked for it: as `own`."""
    found = [_NO_TIMES]
    for name, parent in parents(feeding(table)).items():
        pairs = _pairs(name, parent, observations)
        if pairs.height:
            absent = _absent(pairs, listed_in(parent), rows)
            found.append(absent.join(own, on=["scope", "at"], how="anti"))
    return pl.concat(found)


def _pairs(name: str, parent: Call, observations: pl.DataFrame) -> pl.DataFrame:
    """Return the scopes of a call with each answer that lists what they are about.

    Where neither is new, nothing changes.
    """
    asked = observations.filter(pl.col("call") == name)
    place = pl.concat_str("account_id", "region", pl.lit(parent.name), separator="/")
    scopes = asked.group_by("scope", "subject_id", parent=place).agg(pl.col("is_new").any())
    lists = observations.filter(pl.col("call") == parent.name)
    lists = lists.select("left_out", parent="scope", at="finished", lists_new="is_new")
    pairs = scopes.join(lists, on="parent").filter(pl.col("is_new") | pl.col("lists_new"))
    return pairs.with_columns(is_new="lists_new")


def _absent(pairs: pl.DataFrame, table: str, rows: Rows) -> pl.DataFrame:
    """Return those of the pairs in which the answer does not list the subject."""
    (column,) = identity(table)
    listed = rows(table).select("valid_from", "valid_to", parent="scope", subject_id=column)
    ends_later = pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("at"))
    there = pairs.join(listed, on=["parent", "subject_id"]).filter(
        (pl.col("valid_from") <= pl.col("at")) & ends_later
    )
    name = pl.concat_str(pl.lit(table), "subject_id", separator="/")
    unknown = pl.col("left_out").list.contains(name).fill_null(False)
    absent = pairs.filter(~unknown).join(there, on=["scope", "at"], how="anti")
    return absent.select("scope", "at", "is_new")
