"""flowcause snapshot: what the network looked like, taken or loaded, kept and listed."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    Rows,
    UntilOption,
    read_settings,
    read_window,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.config import Account
    from pipeline.snapshots.places import Place
    from pipeline.sources.access import Access

app = typer.Typer(no_args_is_help=True, help="Keep what the network looked like.")
changes = typer.Typer(no_args_is_help=True, help="Keep who changed it, as CloudTrail tells.")
app.add_typer(changes, name="changes")


AccountsOption = Annotated[
    Names,
    typer.Option(help="Only this \\[\\[account]]; may be repeated.", show_default=False),
]
OrganizationRoleOption = Annotated[
    str | None,
    typer.Option(
        help="All accounts of the organization, each by the role of this name in it.",
        show_default=False,
    ),
]
RegionsOption = Annotated[
    Names, typer.Option(help="A Region to ask in; may be repeated.", show_default=False)
]
CallsOption = Annotated[
    Names,
    typer.Option(
        "--calls",
        help="Only this call, like describe-subnets; may be repeated.",
        show_default=False,
    ),
]
NamesOption = Annotated[
    Names,
    typer.Option(
        help="A host name whose records in private zones are kept, too; may be repeated.",
        show_default=False,
    ),
]


class Told(StrEnum):
    """How a difference is written to stdout."""

    terminal = "terminal"
    json = "json"
    markdown = "markdown"


@app.command("take")
def snapshot_take(
    account: AccountsOption = None,
    organization_role: OrganizationRoleOption = None,
    region: RegionsOption = None,
    call: CallsOption = None,
    name: NamesOption = None,
    profile: ProfileOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    endpoint_url: EndpointOption = None,
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Ask AWS how accounts are configured now: those of flowcause.toml, or the one at hand."""
    from pipeline import api
    from pipeline.reports import summaries
    from pipeline.reports.logs import warn
    from pipeline.sources.access import Access

    settings = read_settings(lake)
    access = Access(profile, role_arn, external_id, endpoint_url)
    places = _places(settings.accounts, account or [], organization_role, region or [], access)
    kept, unreached = api.take_snapshot(places, settings, call or (), name or ())
    summaries.show_snapshot(kept, form == Form.json)
    for problem in unreached:
        warn(str(problem))
    if unreached:
        raise typer.Exit(2)


def _places(
    accounts: "Sequence[Account]",
    wanted: list[str],
    organization_role: str | None,
    regions: list[str],
    access: "Access",
) -> "list[Place]":
    """Return where to ask: all of an organization, accounts of the file, or the one at hand."""
    from pipeline.snapshots import places

    if organization_role is not None:
        return places.organisation(access, organization_role, regions)
    named_way = access.profile or access.role_arn
    if wanted or (accounts and not named_way):
        return places.declared(accounts, wanted, regions, access)
    return [places.Place(access, tuple(regions) or (None,))]


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
    from pipeline.times import past

    kept = api.load_snapshot(folder, past(at, datetime.now(UTC)), read_settings(lake))
    summaries.show_snapshot(kept, form == Form.json)
    if kept.refused:
        raise typer.Exit(2)


@app.command("list")
def snapshot_list(
    lake: LakeOption = None,
    form: Annotated[Rows, typer.Option("--format")] = Rows.table,
) -> None:
    """List the snapshots of the lake."""
    from pipeline import api
    from pipeline.reports import summaries

    summaries.show_rows(api.list_snapshots(read_settings(lake)).rows, form == Rows.json)


@app.command("diff")
def snapshot_diff(
    since: Annotated[str, typer.Argument(help="From this time: 2026-03-01T22:00Z, 7d.")],
    until: Annotated[str, typer.Argument(help="To this time, likewise.")] = "0m",
    lake: LakeOption = None,
    form: Annotated[Told, typer.Option("--format")] = Told.terminal,
) -> None:
    """Say what changed in the configuration between two times, and who changed it."""
    from pipeline import api
    from pipeline.reports import summaries
    from pipeline.times import moment

    now = datetime.now(UTC)
    times = moment(since, now), moment(until, now)
    told, by = api.compare_snapshots(*times, read_settings(lake))
    summaries.show_difference(told, by, str(form))


@changes.command("load")
def changes_load(
    folder: Annotated[Path, typer.Argument(help="A folder of CloudTrail's files.")],
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Load CloudTrail's events of what changed: they say when, and by whom."""
    from pipeline import api
    from pipeline.reports import summaries

    new, wrong = api.load_changes(folder, read_settings(lake))
    summaries.show_events(new, wrong, form == Form.json)
    if wrong:
        raise typer.Exit(2)


@changes.command("take")
def changes_take(
    uri: Annotated[str, typer.Argument(help="s3://bucket/prefix of a trail.")],
    since: Annotated[str, typer.Option(help="From this time on: 2026-03-02, 7d.")] = "1d",
    until: UntilOption = None,
    account: AccountOption = None,
    region: RegionOption = None,
    profile: ProfileOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    endpoint_url: EndpointOption = None,
    lake: LakeOption = None,
    form: Annotated[Form, typer.Option("--format")] = Form.terminal,
) -> None:
    """Read CloudTrail's events of what changed from the bucket of a trail."""
    from pipeline import api
    from pipeline.reports import summaries
    from pipeline.sources.access import Access
    from pipeline.sources.s3_keys import Wanted

    among = frozenset(account or ()), frozenset(region or ())
    wanted = Wanted(*read_window(since, until), *among)
    access = Access(profile, role_arn, external_id, endpoint_url)
    new, wrong = api.take_changes(uri, wanted, access, read_settings(lake))
    summaries.show_events(new, wrong, form == Form.json)
    if wrong:
        raise typer.Exit(2)


@app.command("script")
def snapshot_script() -> None:
    """Print a shell script that takes a snapshot with the AWS CLI alone, for load to read."""
    from pipeline.lake.calls import CALLS
    from pipeline.snapshots.script import script

    typer.echo(script(CALLS), nl=False)
