"""The command line: argv to one call into api, one printed thing, one exit code.

Everything heavy is imported inside the commands, so that --help is quick.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.errors import FlowcauseError

if TYPE_CHECKING:
    from pipeline.config import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Why a packet did not get through: the group, ACL, route or peering that decided.",
)
ingest_app = typer.Typer(no_args_is_help=True, help="Read flow logs into the lake.")
snapshot_app = typer.Typer(no_args_is_help=True, help="Keep what the network looked like.")
app.add_typer(ingest_app, name="ingest")
app.add_typer(snapshot_app, name="snapshot")


class Form(StrEnum):
    """How an answer is written to stdout."""

    terminal = "terminal"
    json = "json"


class Rows(StrEnum):
    """How rows are written to stdout."""

    table = "table"
    json = "json"


LakeOption = Annotated[
    Path | None,
    typer.Option(
        "--lake",
        envvar="FLOWCAUSE_LAKE",
        help="The lake's folder; else [lake] path of flowcause.toml, else ./lake.",
        show_default=False,
    ),
]
LogFormatOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Fields of logs without a header: '${version} ${account-id} ...', or default.",
        show_default=False,
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(help="From this time on: 2026-03-02T14:00Z, 2026-03-02, 7d.", show_default=False),
]
UntilOption = Annotated[str | None, typer.Option(help="Before this time.", show_default=False)]


def main() -> None:
    """Run the command line; a mistake of the user's is one line on stderr and exit code 2."""
    try:
        app()
    except FlowcauseError as error:
        from pipeline.reports.terminal import printable

        line = printable(str(error)).replace("\n", " ")
        print(f"flowcause: {line}", file=sys.stderr)
        sys.exit(2)


@app.command()
def version() -> None:
    """Show the version."""
    from pipeline import __version__

    print(__version__)


@ingest_app.command("files")
def ingest_files(
    paths: Annotated[list[Path], typer.Argument(help="Flow-log files, or folders of them.")],
    lake: LakeOption = None,
    log_format: LogFormatOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Ingest flow logs from files and folders; what the lake already has is passed over."""
    from pipeline import api
    from pipeline.reports import summaries

    with _progress() as progress:
        summary = api.ingest_files(paths, _settings(lake), progress, log_format or ())
    summaries.show_ingest(summary, form == Form.json)
    if summary.failed:
        raise typer.Exit(2)


@snapshot_app.command("load")
def snapshot_load(
    folder: Annotated[Path, typer.Argument(help="A folder of AWS CLI answers, *.json.")],
    at: Annotated[str, typer.Option(help="When the answers were taken.")],
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Load AWS CLI answers (describe-security-groups and so on) as a snapshot."""
    from pipeline import api
    from pipeline.reports import summaries
    from pipeline.times import moment

    kept = api.load_snapshot(folder, moment(at, datetime.now(UTC)), _settings(lake))
    summaries.show_snapshot(kept, form == Form.json)


@snapshot_app.command("list")
def snapshot_list(
    lake: LakeOption = None,
    form: Annotated[Rows, typer.Option("--format")] = Rows.table,
) -> None:
    """List the snapshots of the lake."""
    from pipeline import api
    from pipeline.reports import summaries

    summaries.show_rows(api.list_snapshots(_settings(lake)).rows, form == Rows.json)


@app.command()
def attribute(
    since: SinceOption = None,
    until: UntilOption = None,
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Judge the rejected records: name what refused each, as of the time of the traffic."""
    from pipeline import api
    from pipeline.reports import summaries

    judged = api.attribute(*_window(since, until), _settings(lake))
    summaries.show_judged(judged, form == Form.json)


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="Which report: 'flowcause reports' lists them.")],
    since: SinceOption = None,
    until: UntilOption = None,
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Show a report over what is judged."""
    from pipeline import api
    from pipeline.reports import summaries

    answer = api.report(name, *_window(since, until), _settings(lake))
    summaries.show_answer(answer, form == Form.json)


@app.command()
def reports() -> None:
    """List what there is to ask."""
    from pipeline.engines import queries

    for name in queries.names("reports"):
        print(f"{name:<12} {queries.title('reports', name)}")


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="One SELECT over the lake's tables.")],
    lake: LakeOption = None,
    form: Annotated[Rows, typer.Option("--format")] = Rows.table,
) -> None:
    """Run one SELECT over the lake, read-only."""
    from pipeline import api
    from pipeline.reports import documents, summaries

    answered = api.sql(query, _settings(lake))
    rows = documents.table_rows(answered)
    summaries.show_rows(rows, form == Rows.json, documents.distinct(answered.column_names))


def _settings(lake: Path | None) -> "Settings":
    from pipeline.config import settings

    return settings(lake)


def _window(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    from pipeline.times import window

    return window(since, until, datetime.now(UTC))


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Draw a bar on stderr where stderr is a terminal, and nothing elsewhere."""
    from pipeline.reports.progress import bar

    with bar() as update:
        yield update
