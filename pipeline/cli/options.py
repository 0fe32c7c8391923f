"""What commands have in common: their options, and the settings these make."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.ingest.summary import Summary


class Form(StrEnum):
    """How an answer is written to stdout."""

    terminal = "terminal"
    json = "json"


class Rows(StrEnum):
    """How rows are written to stdout."""

    table = "table"
    json = "json"


Names = list[str] | None
LakeOption = Annotated[
    Path | None,
    typer.Option(
        "--lake",
        envvar="FLOWCAUSE_LAKE",
        help="The lake's folder; else \\[lake] path of flowcause.toml, else ./lake.",
        show_default=False,
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(help="From this time on: 2026-03-02T14:00Z, 2026-03-02, 7d.", show_default=False),
]
UntilOption = Annotated[str | None, typer.Option(help="Before this time.", show_default=False)]

AccountOption = Annotated[
    Names, typer.Option(help="Only this account's; may be repeated.", show_default=False)
]
RegionOption = Annotated[
    Names, typer.Option(help="Only this Region's; may be repeated.", show_default=False)
]
ProfileOption = Annotated[
    str | None, typer.Option(help="Profile of ~/.aws/config.", show_default=False)
]
RoleOption = Annotated[str | None, typer.Option(help="Role to assume.", show_default=False)]
ExternalIdOption = Annotated[
    str | None, typer.Option(help="External id that the role asks for.", show_default=False)
]
EndpointOption = Annotated[
    str | None, typer.Option(help="Another endpoint than AWS's own.", show_default=False)
]


def read_settings(lake: Path | None) -> "Settings":
    """Return the settings, with the lake of the command line where it names one."""
    from pipeline.config import settings

    return settings(lake)


def read_window(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the two ends of the window that the command line names."""
    from pipeline.times import window

    return window(since, until, datetime.now(UTC))


@contextmanager
def progress_bar(hidden: bool = False) -> Iterator[Callable[["Summary"], None]]:
    """Draw a bar on stderr where stderr is a terminal, and nothing elsewhere."""
    from pipeline.reports.progress import bar

    if hidden:
        yield lambda summary: None
        return
    with bar() as update:
        yield update
