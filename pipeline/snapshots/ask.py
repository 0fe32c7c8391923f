"""One call of AWS's API, asked page by page, as the answer that the AWS CLI would have saved."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.lake.calls.call import ZONE, Call
from pipeline.snapshots.answers import EVERYWHERE, PARTLY, Answer, goes_on, objects_of
from pipeline.sources import aws
from pipeline.sources.access import Access

# Of one name a zone has a record a type, or some of a type with weights and the like.
_RECORDS_OF_A_NAME = "100"


@dataclass(frozen=True, slots=True)
class View:
    """An account as it is seen in a Region, by a caller who has the access."""

    access: Access
    region: str
    account_id: str
    caller: str | None

    def client(self, service: str) -> Any:
        """Return the client of a service. Raises SourceProblem."""
        return aws.client(self.access, service, self.region)


def views(access: Access, regions: Sequence[str | None]) -> list[View]:
    """Return an account's views in some Regions; None is that of the usual AWS settings.

    Raises SourceProblem where the account cannot be asked at all.
    """
    clients = [aws.client(access, "ec2", region) for region in regions]
    with aws.told(f"the account, asked for {access.way()}"):
        told = aws.client(access, "sts", regions[0]).get_caller_identity()
    places = dict.fromkeys(client.meta.region_name for client in clients)
    return [View(access, place, told["Account"], told.get("Arn")) for place in places]


def ask(view: View, call: Call, subject: str | None = None, name: str | None = None) -> Answer:
    """Ask one call in full; where AWS refuses or breaks off, the answer has what came, and why.

    `name` is that whose records alone are wanted of a zone: then the answer is about it.
    """
    asked = {**call.asked, **({call.about.parameter: subject} if call.about else {})}
    # A clock that is set back meanwhile must not end a call before it began.
    started, begun = datetime.now(UTC), time.monotonic()
    objects, error = list[dict[str, Any]](), None
    last: dict[str, Any] = {}
    try:
        client = view.client(call.service)
        pages = _pages(client, call, asked) if name is None else _records(client, asked, name)
        for last in pages:
            objects += [_plain(one) for one in objects_of(last, call)]
    except aws.FAILURES as failure:
        error = aws.said(failure, call.action)
    return Answer(
        file=Path(call.name),
        call=call,
        account_id=view.account_id,
        region=EVERYWHERE if call.everywhere else view.region,
        subject=subject and subject.removeprefix(ZONE),
        objects=objects,
        started=started,
        finished=started + timedelta(seconds=time.monotonic() - begun),
        caller=view.caller,
        error=error or (PARTLY if goes_on(last) else None),
        part=name or call.part,
    )


def _pages(client: Any, call: Call, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield an answer's pages without what is not of the answer itself."""
    if client.can_paginate(call.operation):
        pages = client.get_paginator(call.operation).paginate(**asked)
    else:
        pages = _by_token(getattr(client, call.operation), asked)
    for page in pages:
        yield {key: value for key, value in page.items() if key != "ResponseMetadata"}


def _by_token(once: Callable[..., Any], asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the pages of a call for which boto3 has no paginator, though some have tokens."""
    page = once(**asked)
    yield page
    while token := page.get("NextToken"):
        page = once(**asked, NextToken=token)
        yield page


def _records(client: Any, asked: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """Yield the records of one name of a zone, which Route 53 has in the order of their names.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
    """
    begin = {"StartRecordName": name, "MaxItems": _RECORDS_OF_A_NAME}
    page = client.list_resource_record_sets(**asked, **begin)
    found = [one for one in page["ResourceRecordSets"] if one["Name"] == name]
    yield {"ResourceRecordSets": found}


def _plain(value: Any) -> Any:
    """Return a value as the AWS CLI writes it, so that both ways give the same rows."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value
