"""flowcause snapshot: what the network looked like, kept and listed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import Form, LakeOption, Rows, read_settings

app = typer.Typer(no_args_is_help=True, help="Keep what the network looked like.")


@app.command("load")
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

    kept = api.load_snapshot(folder, moment(at, datetime.now(UTC)), read_settings(lake))
    summaries.show_snapshot(kept, form == Form.json)


@app.command("list")
def snapshot_list(
    lake: LakeOption = None,
    form: Annotated[Rows, typer.Option("--format")] = Rows.table,
) -> None:
    """List the snapshots of the lake."""
    from pipeline import api
    from pipeline.reports import summaries

    summaries.show_rows(api.list_snapshots(read_settings(lake)).rows, form == Rows.json)
