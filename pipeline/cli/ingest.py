"""flowcause ingest: flow logs into the lake, from each source."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import Form, LakeOption, progress_bar, read_settings

app = typer.Typer(no_args_is_help=True, help="Read flow logs into the lake.")

LogFormatOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Fields of logs without a header: '${version} ${account-id} ...', or default.",
        show_default=False,
    ),
]


@app.command("files")
def ingest_files(
    paths: Annotated[list[Path], typer.Argument(help="Flow-log files, or folders of them.")],
    lake: LakeOption = None,
    log_format: LogFormatOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Ingest flow logs from files and folders; what the lake already has is passed over."""
    from pipeline import api
    from pipeline.reports import summaries

    with progress_bar() as progress:
        summary = api.ingest_files(paths, read_settings(lake), progress, log_format or ())
    summaries.show_ingest(summary, form == Form.json)
    if summary.failed:
        raise typer.Exit(2)
