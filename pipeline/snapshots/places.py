"""Where a snapshot is taken: one account, those of flowcause.toml, or all of an organisation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.config import Account
from pipeline.errors import BadInput
from pipeline.sources import aws
from pipeline.sources.access import Access

LIST_ACCOUNTS = "organizations:ListAccounts"


@dataclass(frozen=True, slots=True)
class Place:
    """An account by the way it is reached, and the Regions to ask in; None is the usual one.

    `account_id` is whose account it is said to be, where that is said.
    """

    access: Access
    regions: tuple[str | None, ...]
    account_id: str | None = None


def declared(
    accounts: Sequence[Account], wanted: Sequence[str], regions: Sequence[str], access: Access
) -> list[Place]:
    """Return the accounts of flowcause.toml, or those wanted of them, each in its own way.

    `regions` stand before an account's own; what an account does not say is taken from `access`.
    Raises BadInput for an account that is not declared.
    """
    known = {account.id: account for account in accounts}
    for name in wanted:
        if name not in known:
            told = ", ".join(known) or "none"
            raise BadInput(f"no [[account]] of flowcause.toml has the id {name}; declared: {told}")
    return [_place(known[name], tuple(regions), access) for name in dict.fromkeys(wanted or known)]


def _place(account: Account, regions: tuple[str, ...], access: Access) -> Place:
    own = Access(
        account.profile or access.profile,
        account.role_arn or access.role_arn,
        account.external_id or access.external_id,
        access.endpoint_url,
    )
    return Place(own, regions or account.regions or (None,), account.id)


def organisation(access: Access, role: str, regions: Sequence[str]) -> list[Place]:
    """Return all active accounts of an organisation, each by the role of that name in it.

    The account that asks is taken as it is. Raises SourceProblem where it may not list the others.
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
    """
    if not role or "/" in role.strip("/") or ":" in role:
        raise BadInput(f"{role!r} is no role's name: write it without arn: and account")
    with aws.told(f"the organisation, asked for {access.way()}", LIST_ACCOUNTS):
        # The service has one endpoint, for which any Region will do.
        own = aws.client(access, "sts", "us-east-1").get_caller_identity()
        client = aws.client(access, "organizations", "us-east-1")
        pages = client.get_paginator("list_accounts").paginate()
        ids = [one["Id"] for page in pages for one in page["Accounts"] if _is_active(one)]
    partition = own["Arn"].split(":")[1]
    everywhere = tuple(regions) or (None,)
    return [
        Place(
            access
            if one == own["Account"]
            else replace(access, role_arn=f"arn:{partition}:iam::{one}:role/{role}"),
            everywhere,
        )
        for one in ids
    ]


def _is_active(account: dict[str, str]) -> bool:
    # Of the two, State replaces Status.
    return account.get("State", account.get("Status")) == "ACTIVE"
