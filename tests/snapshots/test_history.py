"""Observations folded to intervals: what was seen holds until it was seen no more."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.snapshots.history import fold

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEMA = {"name": pl.String(), "form": pl.Int32(), "track": pl.String()}
TIME = pl.Datetime("us", "UTC")
TIMES = {"track": pl.String(), "at": TIME, "after": TIME}
EMPTY = pl.DataFrame(schema=SCHEMA | {"valid_from": TIME, "valid_to": TIME})

ROWS = st.sets(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([1, 2, None])))
HISTORIES = st.dictionaries(st.integers(0, 6), ROWS, min_size=1, max_size=6)


def moment(hour: int) -> datetime:
    return NOON + timedelta(hours=hour)


def seen(rows) -> pl.DataFrame:
    rows = [(*row, "here") for row in sorted(rows, key=str)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def folded(observations: list[tuple[int, set]]) -> pl.DataFrame:
    known, hours = EMPTY, []
    for hour, rows in observations:
        after = min((moment(one) for one in hours if one > hour), default=None)
        times = {"track": "here", "at": moment(hour), "after": after}
        known = fold(known, seen(rows), pl.DataFrame([times], schema=TIMES))
        hours.append(hour)
    return known


def in_force(known: pl.DataFrame, at: datetime) -> set:
    held = known.filter(
        (pl.col("valid_from") <= at) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > at))
    )
    assert held.select("name", "form").is_duplicated().sum() == 0
    return set(held.select("name", "form").rows())


@given(HISTORIES, st.randoms())
def test_at_every_observation_the_rows_in_force_are_those_observed(history, rng) -> None:
    observations = list(history.items())
    rng.shuffle(observations)
    known = folded(observations)
    for hour, rows in history.items():
        assert in_force(known, moment(hour)) == rows


@given(HISTORIES, st.randoms())
def test_between_two_observations_the_earlier_one_stands(history, rng) -> None:
    observations = list(history.items())
    rng.shuffle(observations)
    known = folded(observations)
    for hour, later in pairwise(sorted(history)):
        assert in_force(known, moment(later) - timedelta(seconds=1)) == history[hour]
    assert in_force(known, moment(min(history)) - timedelta(seconds=1)) == set()


@given(HISTORIES, st.randoms())
def test_the_order_of_loading_does_not_matter(history, rng) -> None:
    observations = list(history.items())
    rng.shuffle(observations)
    columns = EMPTY.columns
    shuffled, ordered = folded(observations), folded(sorted(history.items()))
    assert shuffled.sort(columns).equals(ordered.sort(columns))


def test_an_interval_is_half_open() -> None:
    known = folded([(0, {("a", 1)}), (1, {("a", 2)}), (2, {("a", 2)})])
    assert known.drop("track").sort("valid_from").rows() == [
        ("a", 1, moment(0), moment(1)),
        ("a", 2, moment(1), None),
    ]


def test_what_comes_back_has_two_intervals() -> None:
    known = folded([(0, {("a", 1)}), (1, set()), (2, {("a", 1)})])
    assert known.drop("track").sort("valid_from").rows() == [
        ("a", 1, moment(0), moment(1)),
        ("a", 1, moment(2), None),
    ]


def test_scopes_are_folded_side_by_side_and_others_left_as_they_are() -> None:
    def rows(*told):
        return pl.DataFrame([(name, 1, scope) for name, scope in told], SCHEMA, orient="row")

    def times(**hours):
        told = [(scope, moment(hour), None) for scope, hour in hours.items()]
        return pl.DataFrame(told, schema=TIMES, orient="row")

    first = rows(("a", "one"), ("a", "two"), ("a", "three"))
    known = fold(EMPTY, first, times(one=0, two=1, three=2))
    known = fold(known, rows(("b", "one"), ("a", "two")), times(one=3, two=4))
    assert sorted(known.select("track", "name", "valid_from", "valid_to").rows(), key=str) == [
        ("one", "a", moment(0), moment(3)),
        ("one", "b", moment(3), None),
        ("three", "a", moment(2), None),
        ("two", "a", moment(1), None),
    ]
