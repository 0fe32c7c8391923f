"""Lakes of snapshots alone, and the asking of questions over them."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from reference.dumps import write_dump
from reference.organisation import NOON, OURS, REGION
from rich.console import Console
from wide_network import KEYS, E, Network, T, plain, route, snapshot, table

from pipeline import api
from pipeline.config import Settings
from pipeline.explain.answer import Answer
from pipeline.explain.question import Question
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


def text_of(answer: Answer) -> str:
    """Return what a terminal shows of an answer, as one line."""
    page = StringIO()
    drawn.draw(answer, Console(file=page, width=100, highlight=False))
    return " ".join(page.getvalue().split())


def ask(settings: Settings, source: str = E, destination: str = T, **more):
    """Return the answer to a question about the hour after noon."""
    return api.explain(replace(Question(source, destination, AT), **more), settings)
