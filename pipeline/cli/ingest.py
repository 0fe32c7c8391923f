"""flowcause ingest: flow logs into the lake, from each source."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import (
    Form,
    LakeOption,
    SinceOption,
    UntilOption,
    progress_bar,
    read_settings,
    read_window,
)

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


@app.command("s3")
def ingest_s3(
    uri: Annotated[str, typer.Argument(help="s3://bucket/prefix.")],
    since: SinceOption = None,
    until: UntilOption = None,
    account: Annotated[
        list[str] | None,
        typer.Option(help="Only flow logs of this account.", show_default=False),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(help="Only flow logs of this Region.", show_default=False),
    ] = None,
    requester_pays: Annotated[
        bool, typer.Option("--requester-pays", help="Pay for the requests to another's bucket.")
    ] = False,
    profile: Annotated[
        str | None, typer.Option(help="Profile of ~/.aws/config.", show_default=False)
    ] = None,
    role_arn: Annotated[
        str | None, typer.Option(help="Role to assume.", show_default=False)
    ] = None,
    external_id: Annotated[
        str | None, typer.Option(help="External id that the role asks for.", show_default=False)
    ] = None,
    endpoint_url: Annotated[
        str | None, typer.Option(help="Another endpoint than AWS's own.", show_default=False)
    ] = None,
    lake: LakeOption = None,
    log_format: LogFormatOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Ingest flow logs from S3: only keys whose day can hold records of the window."""
    from pipeline import api
    from pipeline.reports import summaries
    from pipeline.sources.aws import Access
    from pipeline.sources.s3_keys import Wanted

    access = Access(profile, role_arn, external_id, endpoint_url)
    wanted = Wanted(*read_window(since, until), frozenset(account or ()), frozenset(region or ()))
    settings, formats = read_settings(lake), log_format or ()
    with progress_bar() as progress:
        summary = api.ingest_s3(uri, wanted, access, settings, progress, formats, requester_pays)
    summaries.show_ingest(summary, form == Form.json)
    if summary.failed:
        raise typer.Exit(2)
