"""Snapshots in a lake or in memory alone, and the asking of questions over them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from network_in_memory import emptied, standing
from reference.dumps import write_dump
from reference.model import Answer as Told
from reference.model import Snapshot
from reference.organisation import NOON, OURS, REGION
from rich.console import Console
from wide_network import KEYS, E, Network, T, plain, route, snapshot, table

from pipeline import api
from pipeline.config import Settings
from pipeline.engines import duckdb
from pipeline.explain.answer import Answer
from pipeline.explain.explain import explain
from pipeline.explain.question import Question
from pipeline.explain.seen import last_changes
from pipeline.reports import drawn

KEYS["describe-instances"] = "Reservations"
AT = NOON + timedelta(hours=1)
TO_B, TO_A = route("10.1.0.0/16", "pcx-b"), route("10.0.0.0/16", "pcx-b")


def joined() -> Network:
    """Our VPC and B, with routes both ways over their peering connection."""
    network = plain(TO_B, route("0.0.0.0/0", "nat-1"))
    for key, objects in network.items():
        if key[2] == "describe-route-tables" and objects[0]["RouteTableId"] == "rtb-t":
            local = [one for one in objects[0]["Routes"] if one.get("GatewayId") == "local"]
            objects[0] = table("rtb-t", "vpc-b", ["subnet-t"], [*local, TO_A])
    return network


def kept(
    folder: Path, *networks: tuple[Network, timedelta], ours: Mapping[str, Any] | None = None
) -> Settings:
    """Load networks, each some time after noon, into a lake of their own.

    `ours` are further answers of our account, by the names of their files.
    """
    settings = Settings(folder / "lake")
    for network, after in networks:
        (dump,) = write_dump([snapshot(network, NOON + after)], folder / f"dump-{after.seconds}")
        place = dump / "accounts" / OURS / REGION
        place.mkdir(parents=True, exist_ok=True)
        for name, body in (ours or {}).items():
            (place / f"{name}.json").write_text(json.dumps(body))
        api.load_snapshot(dump, NOON + after, settings)
    return settings


def held(
    *networks: tuple[Network, timedelta], ours: Mapping[str, Any] | None = None
) -> list[Snapshot]:
    """Return networks, each some time after noon, as snapshots to be asked in memory.

    `ours` are further answers of our account, by the AWS CLI's names of their calls.
    """
    more = tuple(Told(OURS, REGION, name, body) for name, body in (ours or {}).items())
    return [
        replace(one, answers=(*one.answers, *more))
        for one in (snapshot(network, NOON + after) for network, after in networks)
    ]


def at_noon(network: Network, ours: Mapping[str, Any] | None = None) -> list[Snapshot]:
    return held((network, timedelta()), ours=ours)


def text_of(answer: Answer) -> str:
    """Return what a terminal shows of an answer, as one line."""
    page = StringIO()
    drawn.draw(answer, Console(file=page, width=100, highlight=False))
    return " ".join(page.getvalue().split())


def ask(
    known: Settings | Sequence[Snapshot], source: str = E, destination: str = T, **more
) -> Answer:
    """Return the answer to a question about the hour after noon, over a lake or in memory."""
    question = replace(Question(source, destination, AT), **more)
    if isinstance(known, Settings):
        return api.explain(question, known)
    with (
        TemporaryDirectory() as folder,
        standing(_memory(), Path(folder), *known) as connection,
    ):
        told = explain(connection, question)
        return Answer(told, [], last_changes(connection, told))


@cache
def _memory() -> duckdb.Connection:
    with TemporaryDirectory() as folder:
        return emptied(Path(folder))
