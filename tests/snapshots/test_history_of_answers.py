"""Answers folded to a history: whatever they lack, and in whatever order they are loaded."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.lake.calls import CALLS
from pipeline.lake.tables import OBSERVATIONS, TABLES
from pipeline.snapshots.answers import Answer
from pipeline.snapshots.history import folded
from pipeline.snapshots.load import observed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACCOUNT, REGION = "047615872826", "eu-west-1"
NAMES = ("vpc-1", "vpc-2")
TABLES_FILLED = ("vpcs", "vpc_cidrs", "vpc_attributes", "stale_security_group_rules")
BLOCK = {"CidrBlock": "10.1.0.0/16"}
# A VPC as an answer may have it: whole, changed, without its blocks, of the wrong kind, twice.
FORMS = {
    "whole": [{"CidrBlock": "10.1.0.0/16", "CidrBlockAssociationSet": [BLOCK]}],
    "changed": [{"CidrBlock": "10.2.0.0/16", "CidrBlockAssociationSet": []}],
    "silent": [{"CidrBlock": "10.1.0.0/16"}],
    "odd": [{"CidrBlock": "?"}],
    "twofold": [{"IsDefault": False}, {"IsDefault": True}],
    "gone": [],
}
SNAPSHOTS = st.fixed_dictionaries(
    {},
    optional={
        "vpcs": st.fixed_dictionaries({name: st.sampled_from(sorted(FORMS)) for name in NAMES}),
        **{name: st.booleans() for name in NAMES},
        "stale": st.sampled_from(["none", "sg-1", "sg-1 silent"]),
    },
)
HISTORIES = st.dictionaries(st.integers(0, 6), SNAPSHOTS, min_size=1, max_size=6)


def answer(call: str, objects: list, subject: str | None = None) -> Answer:
    asked = next(one for one in CALLS if one.name == call)
    return Answer(Path("x"), asked, ACCOUNT, REGION, subject, objects, part=asked.part)


def answers(snapshot: dict):
    # There is always one that can be used.
    yield answer("describe-network-acls", [])
    if "vpcs" in snapshot:
        forms = snapshot["vpcs"].items()
        yield answer(
            "describe-vpcs",
            [{"VpcId": name, **form} for name, told in forms for form in FORMS[told]],
        )
    for name in NAMES:
        if name in snapshot:
            body = {"VpcId": name, "EnableDnsSupport": {"Value": snapshot[name]}}
            yield answer("describe-vpc-attribute", [body], name)
    if "stale" in snapshot:
        yield answer("describe-stale-security-groups", stale(snapshot["stale"]), "vpc-1")


def stale(told: str) -> list[dict]:
    if told == "none":
        return []
    lists = {"StaleIpPermissionsEgress": []}
    if told == "sg-1":
        lists["StaleIpPermissions"] = [{"UserIdGroupPairs": [{"GroupId": "sg-9"}]}]
    return [{"GroupId": "sg-1", **lists}]


def loaded(history: list[tuple[int, dict]]) -> dict[str, pl.DataFrame]:
    """Return the tables after loading snapshots one by one."""
    tables = {name: pl.DataFrame(schema=TABLES[name].schema()) for name in TABLES}
    known = pl.DataFrame(schema=OBSERVATIONS.schema())
    for hour, snapshot in history:
        told = observed(answers(snapshot), NOON + timedelta(hours=hour))
        for name, _, after in folded(told.tables, told.observations, known, tables.__getitem__):
            tables[name] = after
        known = pl.concat([known, told.observations])
    return {name: tables[name] for name in TABLES_FILLED}


def in_force(rows: pl.DataFrame, hour: int) -> pl.DataFrame:
    at = NOON + timedelta(hours=hour)
    ends_later = pl.col("valid_to").is_null() | (pl.col("valid_to") > at)
    return rows.filter((pl.col("valid_from") <= at) & ends_later)


@settings(deadline=None)
@given(HISTORIES, st.randoms())
def test_the_order_of_loading_does_not_matter(history, rng) -> None:
    shuffled = list(history.items())
    rng.shuffle(shuffled)
    ordered = loaded(sorted(history.items()))
    for name, rows in loaded(shuffled).items():
        assert rows.sort(rows.columns).equals(ordered[name].sort(rows.columns)), name


@settings(deadline=None)
@given(HISTORIES)
def test_what_is_in_force_is_what_was_told_last(history) -> None:
    tables = loaded(list(history.items()))
    forms, attributes = dict[str, str](), dict[str, bool]()
    for hour, snapshot in sorted(history.items()):
        told = snapshot.get("vpcs", {})
        forms |= {name: form for name, form in told.items() if form not in ("odd", "twofold")}
        attributes = {name: on for name, on in attributes.items() if told.get(name) != "gone"}
        attributes |= {name: snapshot[name] for name in NAMES if name in snapshot}
        known = {name: FORMS[form][0]["CidrBlock"] for name, form in forms.items() if FORMS[form]}
        assert dict(in_force(tables["vpcs"], hour).select("vpc_id", "cidr").rows()) == known
        rows = in_force(tables["vpc_attributes"], hour).select("vpc_id", "is_on").rows()
        assert sorted(rows) == sorted(attributes.items())


def test_what_an_answer_is_about_ends_with_what_is_listed() -> None:
    whole = {"vpcs": {"vpc-1": "whole", "vpc-2": "whole"}, "vpc-1": True, "vpc-2": True}
    gone = {"vpcs": {"vpc-1": "gone", "vpc-2": "twofold"}}
    rows = loaded([(0, whole), (1, gone)])["vpc_attributes"].sort("vpc_id")
    assert rows["valid_to"].to_list() == [NOON + timedelta(hours=1), None]
