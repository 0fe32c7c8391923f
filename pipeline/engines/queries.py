"""The SQL files of queries/: found by folder and name, in the checkout and in the wheel alike."""

import re
from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from pipeline.errors import BadInput


@cache
def _folder() -> Path:
    """Return the folder of the queries: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside, beside = package / "queries", package.parent / "queries"
    return inside if inside.is_dir() else beside


@cache
def names(room: str) -> list[str]:
    """List the queries of a room (attribution, views, reports), sorted by name."""
    return sorted(file.stem for file in (_folder() / room).glob("*.sql"))


@cache
def text(room: str, name: str) -> str:
    """Return the SQL of a query, read once. Raises BadInput for a name that is not there."""
    if name not in names(room):
        known = ", ".join(names(room))
        raise BadInput(f"no query named {name!r} in {room}: there are {known}")
    return (_folder() / room / f"{name}.sql").read_text(encoding="utf-8")


def views() -> list[str]:
    """List the views, each after those that it reads."""
    known = names("views")
    reads = {name: named(text("views", name)) & set(known) - {name} for name in known}
    return list(TopologicalSorter(reads).static_order())


def named(sql: str) -> set[str]:
    """Return the words of SQL, in small letters: the tables and views that it names among them."""
    return set(re.findall(r"\w+", sql.lower()))


def read_by(*sqls: str) -> set[str]:
    """Return all that SQL may read: its words, and those of the views that it names."""
    words = set().union(*map(named, sqls))
    for view in reversed(views()):
        if view in words:
            words |= named(text("views", view))
    return words


def title(room: str, name: str) -> str:
    """Return the first comment line of a query: what it answers."""
    return text(room, name).partition("\n")[0].removeprefix("--").strip()


def bound(sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of `values` that the query names: DuckDB refuses to bind what it does not."""
    named = set(re.findall(r"\$([a-z_]+)", sql))
    return {name: value for name, value in values.items() if name in named}
