"""One call of AWS's API, asked page by page, as the answer that the AWS CLI would have saved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.lake.calls.call import Call
from pipeline.snapshots.answers import EVERYWHERE, Answer, goes_on
from pipeline.sources import aws
from pipeline.sources.access import Access


@dataclass(frozen=True)
class View:
    """An account as it is seen in a Region, by whoever has the access."""

    access: Access
    region: str | None

    @cached_property
    def identity(self) -> dict[str, Any]:
        """Account and Arn of the caller, as STS has them. Raises SourceProblem."""
        with aws.told(f"the account, asked for {self.access.way()}"):
            told: dict[str, Any] = self.client("sts").get_caller_identity()
            return told

    @cached_property
    def place(self) -> str:
        """The Region itself, also where the AWS settings name it. Raises SourceProblem."""
        region: str = self.client("ec2").meta.region_name
        return region

    def client(self, service: str) -> Any:
        """Return the client of a service. Raises SourceProblem."""
        return aws.client(self.access, service, self.region)


def ask(view: View, call: Call, subject: str | None = None, **narrowed: Any) -> Answer:
    """Ask one call in full; where AWS refuses or breaks off, the answer has what came, and why.

    `narrowed` are further parameters. Raises SourceProblem where nobody can be asked at all.
    """
    account, caller, region = view.identity["Account"], view.identity["Arn"], view.place
    client, started = view.client(call.service), datetime.now(UTC)
    objects: list[dict[str, Any]] = []
    error, last = None, {}
    try:
        for last in _pages(client, call, _asked(call, subject) | narrowed):
            objects += [_plain(one) for one in ([last] if call.whole else last.get(call.key, []))]
    except aws.FAILURES as failure:
        error = aws.said(failure, call.action)
    return Answer(
        file=Path(call.name),
        call=call,
        account_id=account,
        region=EVERYWHERE if call.everywhere else region,
        subject=None if subject is None else call.subject(subject),
        objects=objects,
        started=started,
        finished=datetime.now(UTC),
        caller=caller,
        error=error or ("AWS told a part of it only" if goes_on(last) else None),
    )


def _asked(call: Call, subject: str | None) -> dict[str, Any]:
    about = {} if call.about is None else {call.about.parameter: subject}
    return {**call.asked, **about}


def _pages(client: Any, call: Call, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield an answer's pages without what is not of the answer itself."""
    once: Callable[..., Any] = getattr(client, call.operation)
    if client.can_paginate(call.operation):
        pages = client.get_paginator(call.operation).paginate(**asked)
    else:
        pages = _by_token(once, asked)
    for page in pages:
        yield {key: value for key, value in page.items() if key != "ResponseMetadata"}


def _by_token(once: Callable[..., Any], asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the pages of a call for which boto3 has no paginator, though some have tokens."""
    page = once(**asked)
    yield page
    while token := page.get("NextToken"):
        page = once(**asked, NextToken=token)
        yield page


def _plain(value: Any) -> Any:
    """Return a value as the AWS CLI writes it, so that both ways give the same rows."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
