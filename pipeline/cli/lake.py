"""flowcause lake: what the lake holds, whether it is whole, and its upkeep."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from pipeline.cli.options import Form, LakeOption, read_settings

app = typer.Typer(no_args_is_help=True, help="Look after the lake.")


@app.command("status")
def lake_status(
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Show what the lake holds, the last runs, and what maintenance is due."""
    from pipeline import api
    from pipeline.reports import upkeep

    upkeep.show_status(api.lake_status(read_settings(lake)), form == Form.json)


@app.command("verify")
def lake_verify(
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Check every file and every object's counts; exit code 1 where something is wrong."""
    from pipeline import api
    from pipeline.reports import upkeep

    findings = api.lake_verify(read_settings(lake))
    upkeep.show_findings(findings, form == Form.json)
    if findings:
        raise typer.Exit(1)


@app.command("compact")
def lake_compact(
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Rewrite small files into few: a day's flows sorted by interface and time."""
    from pipeline import api
    from pipeline.reports import upkeep
    from pipeline.reports.progress import byte_bar

    with byte_bar() as progress:
        done = api.lake_compact(read_settings(lake), progress)
    upkeep.show_compacted(done, form == Form.json)


@app.command("expire")
def lake_expire(
    older_than: Annotated[
        str, typer.Option(help="What was replaced before this time: 1d, 2026-03-02.")
    ] = "1d",
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Delete the files that only old versions of the tables hold, and what dead runs left."""
    from pipeline import api
    from pipeline.reports import upkeep
    from pipeline.times import past

    expired = api.lake_expire(past(older_than, datetime.now(UTC)), read_settings(lake))
    upkeep.show_expired(expired, form == Form.json)
