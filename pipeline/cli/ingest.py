"""flowcause ingest: flow logs into the lake, from each source."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from pipeline.cli.options import (
    AccountOption,
    EndpointOption,
    ExternalIdOption,
    Form,
    LakeOption,
    Names,
    ProfileOption,
    RegionOption,
    RoleOption,
    SinceOption,
    UntilOption,
    progress_bar,
    read_settings,
    read_window,
)
from pipeline.errors import BadInput

if TYPE_CHECKING:
    from pipeline.config import Source


class BareGroup(TyperGroup):
    """A group whose name alone, or with options, means its command `all`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `all` before options that belong to no other command."""
        if "--help" not in args and (not args or args[0].startswith("-")):
            args = ["all", *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is named; a path or an address is taken for what it is."""
        if not get_close_matches(args[0], self.commands):
            kind = "s3" if args[0].startswith("s3://") else "files"
            raise BadInput(
                f"{args[0]} is no command: did you mean 'flowcause ingest {kind} {args[0]}'?"
            )
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=BareGroup,
    help="Read flow logs into the lake; without a command, all sources of flowcause.toml.",
)

LogFormatOption = Annotated[
    Names,
    typer.Option(
        help="Fields of logs without a header: '${version} ${account-id} ...', or default.",
        show_default=False,
    ),
]
LookBackOption = Annotated[
    str | None,
    typer.Option(
        help="How far before its standing a source is read again: 24h; CloudWatch 1h.",
        show_default=False,
    ),
]
MostOption = Annotated[
    str, typer.Option("--max-object-size", help="What an object may unpack to, at most.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="List what would be read, with sizes, and read nothing.")
]
LogJsonOption = Annotated[
    bool, typer.Option("--log-json", help="Tell what happens on stderr, a JSON object a line.")
]
FormOption = Annotated[Form, typer.Option("--format")]


@dataclass(frozen=True, slots=True)
class Told:
    """The options that every source has."""

    lake: Path | None
    most: str
    dry_run: bool
    log_json: bool
    form: Form
    since: str | None = None
    until: str | None = None
    look_back: str | None = None


@app.command("all")
def ingest_all(
    since: SinceOption = None,
    until: UntilOption = None,
    look_back: LookBackOption = None,
    lake: LakeOption = None,
    max_object_size: MostOption = "2GiB",
    dry_run: DryRunOption = False,
    log_json: LogJsonOption = False,
    form: FormOption = Form.terminal,
) -> None:
    """Ingest what is new in every source that flowcause.toml declares."""
    sources = read_settings(lake).sources
    if not sources:
        raise BadInput(
            "no [[source]] in flowcause.toml: write one, or name what to read, "
            "like 'flowcause ingest files PATH'"
        )
    told = Told(lake, max_object_size, dry_run, log_json, form, since, until, look_back)
    _ingest(sources, told)


@app.command("files")
def ingest_files(
    paths: Annotated[list[Path], typer.Argument(help="Flow-log files, or folders of them.")],
    log_format: LogFormatOption = None,
    lake: LakeOption = None,
    max_object_size: MostOption = "2GiB",
    dry_run: DryRunOption = False,
    log_json: LogJsonOption = False,
    form: FormOption = Form.terminal,
) -> None:
    """Ingest flow logs from files and folders; what the lake already has is passed over."""
    from pipeline.config import Source

    formats = tuple(log_format or ())
    sources = [Source("files", str(path), log_formats=formats) for path in paths]
    _ingest(sources, Told(lake, max_object_size, dry_run, log_json, form))


@app.command("s3")
def ingest_s3(
    uri: Annotated[str, typer.Argument(help="s3://bucket/prefix.")],
    since: SinceOption = None,
    until: UntilOption = None,
    look_back: LookBackOption = None,
    account: AccountOption = None,
    region: RegionOption = None,
    requester_pays: Annotated[
        bool, typer.Option("--requester-pays", help="Pay for the requests to another's bucket.")
    ] = False,
    profile: ProfileOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    endpoint_url: EndpointOption = None,
    log_format: LogFormatOption = None,
    lake: LakeOption = None,
    max_object_size: MostOption = "2GiB",
    dry_run: DryRunOption = False,
    log_json: LogJsonOption = False,
    form: FormOption = Form.terminal,
) -> None:
    """Ingest flow logs from S3: what is new, or those whose day can hold records of a window."""
    source = _source("s3", uri, account, region, log_format)
    source = replace(source, requester_pays=requester_pays, profile=profile, role_arn=role_arn)
    source = replace(source, external_id=external_id, endpoint_url=endpoint_url)
    told = Told(lake, max_object_size, dry_run, log_json, form, since, until, look_back)
    _ingest([source], told)


@app.command("sqs")
def ingest_sqs(
    url: Annotated[str, typer.Argument(help="The queue's URL.")],
    region: RegionOption = None,
    profile: ProfileOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    endpoint_url: EndpointOption = None,
    log_format: LogFormatOption = None,
    lake: LakeOption = None,
    max_object_size: MostOption = "2GiB",
    log_json: LogJsonOption = False,
    form: FormOption = Form.terminal,
) -> None:
    """Ingest the objects in S3 that a queue's messages tell of, until the queue is empty."""
    source = _source("sqs", url, None, region, log_format)
    source = replace(source, profile=profile, role_arn=role_arn)
    source = replace(source, external_id=external_id, endpoint_url=endpoint_url)
    _ingest([source], Told(lake, max_object_size, False, log_json, form))


@app.command("cloudwatch")
def ingest_cloudwatch(
    group: Annotated[str, typer.Argument(help="The log group's name.")],
    since: SinceOption = None,
    until: UntilOption = None,
    look_back: LookBackOption = None,
    account: AccountOption = None,
    region: RegionOption = None,
    filter_pattern: Annotated[
        str | None, typer.Option(help="Only events that match, as AWS reads it.")
    ] = None,
    export_to: Annotated[
        str | None, typer.Option(help="Have AWS export the window to s3://bucket/prefix first.")
    ] = None,
    profile: ProfileOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    endpoint_url: EndpointOption = None,
    log_format: LogFormatOption = None,
    lake: LakeOption = None,
    max_object_size: MostOption = "2GiB",
    dry_run: DryRunOption = False,
    log_json: LogJsonOption = False,
    form: FormOption = Form.terminal,
) -> None:
    """Ingest a log group of CloudWatch Logs: what is new, or a window of it."""
    source = _source("cloudwatch", group, account, region, log_format)
    source = replace(source, filter_pattern=filter_pattern, export_to=export_to)
    source = replace(source, profile=profile, role_arn=role_arn)
    source = replace(source, external_id=external_id, endpoint_url=endpoint_url)
    told = Told(lake, max_object_size, dry_run, log_json, form, since, until, look_back)
    _ingest([source], told)


def _source(kind: str, uri: str, accounts: Names, regions: Names, log_formats: Names) -> "Source":
    from pipeline.config import Source

    return Source(
        kind,
        uri,
        accounts=tuple(accounts or ()),
        regions=tuple(regions or ()),
        log_formats=tuple(log_formats or ()),
    )


def _ingest(sources: Sequence["Source"], told: Told) -> None:
    """Ingest or list, and show what came of it; exit code 2 where something failed."""
    from pipeline import api
    from pipeline.reports import ingested, logs

    if told.log_json:
        logs.as_json()
    settings, asked = read_settings(told.lake), _asked(told)
    if told.dry_run:
        listing = api.plan_ingest(sources, settings, asked)
        ingested.show_plan(listing, told.form == Form.json)
        raise typer.Exit(2 if listing.stopped else 0)
    with progress_bar(told.log_json) as progress:
        summary = api.ingest(sources, settings, asked, progress)
    ingested.show_ingest(summary, told.form == Form.json, told.lake)
    if summary.failed or summary.stopped:
        raise typer.Exit(2)


def _asked(told: Told) -> Any:
    from pipeline.ingest.plan import Asked
    from pipeline.sizes import size
    from pipeline.times import duration

    look_back = None if told.look_back is None else duration(told.look_back)
    return Asked(*read_window(told.since, told.until), look_back, size(told.most))
