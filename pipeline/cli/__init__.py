"""The command line: argv to one call into api, one printed thing, one exit code.

A module a command group. Everything heavy is imported inside the commands, so that --help is quick.
"""

import logging
import sys
from typing import Annotated, Any

import typer

from pipeline import __version__
from pipeline.cli import ingest, snapshot
from pipeline.cli import lake as upkeep
from pipeline.cli.options import (
    Form,
    LakeOption,
    Rows,
    SinceOption,
    UntilOption,
    read_settings,
    read_window,
)
from pipeline.errors import FlowcauseError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Why a packet did not get through: the group, ACL, route or peering that decided.",
)
app.add_typer(ingest.app, name="ingest")
app.add_typer(snapshot.app, name="snapshot")
app.add_typer(upkeep.app, name="lake")


# What a command line is refused with; typer has a public name only for a kind of it.
_UsageError: Any = typer.BadParameter.__base__


class _Lines(logging.Handler):
    """Prints what needs a person, a line each."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the line; what that takes is imported only now."""
        from pipeline.reports import logs

        logs.write(record.getMessage())


def main() -> None:
    """Run the command line; a mistake of the user's is one line on stderr and exit code 2.

    Whatever any command warns of, such as a wait for the lake's lock, is told on stderr, too.
    """
    logger = logging.getLogger("pipeline")
    logger.handlers = [_Lines()]
    logger.setLevel(logging.WARNING)
    try:
        sys.exit(app(prog_name="flowcause", standalone_mode=False))
    except FlowcauseError as error:
        logger.error("%s", error)
        sys.exit(2)
    except _UsageError as error:
        # Where a command is missing, the help is on the screen by now.
        if said := error.format_message().rstrip("."):
            help_is = "" if said.endswith("?") else f": see '{error.ctx.command_path} --help'"
            logger.error("%s%s", said, help_is)
        sys.exit(2)


def _show_version(asked: bool) -> None:
    if asked:
        print(__version__)
        raise typer.Exit


@app.callback()
def flowcause(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Answer what is asked for without a command."""


@app.command()
def version() -> None:
    """Show the version."""
    _show_version(True)


@app.command()
def attribute(
    since: SinceOption = None,
    until: UntilOption = None,
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Judge the records: name what refused or lost each packet, as of the time of the traffic."""
    from pipeline import api
    from pipeline.reports import summaries

    judged = api.attribute(*read_window(since, until), read_settings(lake))
    summaries.show_judged(judged, form == Form.json)


@app.command()
def explain(
    source: Annotated[
        str, typer.Option("--from", help="Who sends: an address, eni-..., i-..., a Name tag.")
    ],
    destination: Annotated[
        str, typer.Option("--to", help="Who is to receive: the same, or a host's name.")
    ],
    protocol: Annotated[str, typer.Option(help="By name or number.")] = "tcp",
    port: Annotated[
        int | None, typer.Option(help="The destination's port.", show_default="any")
    ] = None,
    source_port: Annotated[
        int | None, typer.Option(help="The sender's port.", show_default="any above 1023")
    ] = None,
    icmp_type: Annotated[
        int | None, typer.Option(help="The type, of ICMP.", show_default="any")
    ] = None,
    icmp_code: Annotated[
        int | None, typer.Option(help="The code, of a type of ICMP.", show_default="any")
    ] = None,
    at: Annotated[str | None, typer.Option(help="As of when.", show_default="now")] = None,
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Say what becomes of a packet, hop by hop and both ways, and what stops it."""
    from datetime import UTC, datetime

    from pipeline import api
    from pipeline.explain.question import Question, protocol_of
    from pipeline.reports import summaries
    from pipeline.times import past

    now = datetime.now(UTC).replace(microsecond=0)
    time, number = past(at, now) if at else now, protocol_of(protocol)
    asked = Question(source, destination, time, number, port, source_port, icmp_type, icmp_code)
    summaries.show_explained(api.explain(asked, read_settings(lake)), form == Form.json)


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

    answer = api.report(name, *read_window(since, until), read_settings(lake))
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

    answered = api.sql(query, read_settings(lake))
    rows = documents.table_rows(answered)
    summaries.show_rows(rows, form == Rows.json, documents.distinct(answered.column_names))
