"""Collecting a snapshot: every call, of all accounts and Regions asked for, side by side.

A call that AWS refuses is an answer without objects and with the reason; the others go on. AWS
allows so many calls a second, account and Region: the clients slow down where it says so.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from functools import reduce
from typing import Any

from pipeline.errors import SourceProblem
from pipeline.lake.calls import CALLS
from pipeline.lake.calls.call import About, Call
from pipeline.snapshots.answers import Answer
from pipeline.snapshots.ask import View, ask
from pipeline.snapshots.load import Loaded, observed
from pipeline.sources.access import Access

# Calls under way at once, over all accounts: enough to hide the network, few for one API.
_AT_ONCE = 16
# Of a zone only the records of its apex are asked for, unless names are: it may have thousands.
_RECORDS = "list-resource-record-sets"


def flow_logs(access: Access, region: str | None, at: datetime) -> Loaded:
    """Ask for all flow logs of a Region, as observed at `at`. Raises SourceProblem.

    A flow log that was deleted is described no more, so what was seen of it is kept.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html
    """
    (call,) = (one for one in CALLS if one.name == "describe-flow-logs")
    view = View(access, region)
    answer = ask(view, call)
    if answer.error:
        what = f"the flow logs' formats in {view.place}, asked for {access.way()}"
        raise SourceProblem(f"{what}: {answer.error}")
    return observed([answer], at)


def collect(views: Iterable[View], names: Iterable[str] = ()) -> Iterator[Answer]:
    """Yield the answers of all calls, or of those named and what they need to be asked.

    Raises SourceProblem where an account cannot be asked at all; BadInput is for the caller.
    """
    wanted = _needed(set(names))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        waiting: dict[Future[Answer], View] = {}
        for view, calls in _first(views, wanted):
            waiting |= {pool.submit(ask, view, call): view for call in calls}
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for one in done:
                view, answer = waiting.pop(one), one.result()
                yield answer
                waiting |= {
                    pool.submit(ask, view, call, subject, **_narrowed(call, found)): view
                    for call in wanted
                    if call.about and call.about.call == answer.call.name
                    for subject, found in _subjects(call.about, answer.objects)
                }


def _needed(names: set[str]) -> list[Call]:
    """Return the calls of these names, all where there are none, and those they build on."""
    named = [call for call in CALLS if not names or call.name in names]
    built_on = {call.about.call for call in named if call.about}
    return [call for call in CALLS if call in named or call.name in built_on]


def _first(views: Iterable[View], wanted: list[Call]) -> Iterator[tuple[View, list[Call]]]:
    """Yield each view with what is asked first; what has no Region is asked once an account."""
    met: set[str] = set()
    for view in views:
        account = view.identity["Account"]
        again = account in met
        met.add(account)
        yield view, [one for one in wanted if not one.about and not (one.everywhere and again)]


def _subjects(about: About, objects: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the ids that a call is asked for, with the objects that have them."""
    for one in objects:
        narrowed = all(_at(one, path) == value for path, value in about.where)
        if narrowed and isinstance(subject := _at(one, about.field), str):
            yield subject, one


def _at(value: Any, path: str) -> Any:
    return reduce(lambda held, name: held.get(name) if held else None, path.split("."), value)


def _narrowed(call: Call, found: dict[str, Any]) -> dict[str, Any]:
    if call.name != _RECORDS:
        return {}
    return {"StartRecordName": found["Name"], "PaginationConfig": {"MaxItems": 100}}
