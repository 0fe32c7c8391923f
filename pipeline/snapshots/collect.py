"""Collecting a snapshot: every call, of all accounts and Regions asked for, side by side.

A call that AWS refuses is an answer without objects and with the reason; the others go on. AWS
allows so many calls a second, account and Region: the clients slow down where it says so.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/throttling.html
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, reduce
from typing import Any

from pipeline.errors import BadInput, SourceProblem
from pipeline.lake.calls import CALLS
from pipeline.lake.calls.call import About, Call
from pipeline.snapshots.answers import Answer
from pipeline.snapshots.ask import View, ask, views
from pipeline.snapshots.load import Loaded, observed
from pipeline.snapshots.places import Place
from pipeline.sources.access import Access

# Calls under way at once, over all accounts: enough to hide the network, few for one API.
_AT_ONCE = 16
# A zone may have thousands of records: those of its apex are asked for, and of the names given.
_RECORDS = "list-resource-record-sets"
# What Route 53 has as an escape code: \052 for the asterisk of a wildcard.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
_ESCAPED = re.compile(r"[^a-z0-9_.\\-]")


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of asking: answers, whole and refused, and why accounts could not be asked."""

    answers: list[Answer] = field(default_factory=list)
    unreached: list[SourceProblem] = field(default_factory=list)


def flow_logs(access: Access, region: str | None, at: datetime) -> Loaded:
    """Ask for all flow logs of a Region, as observed at `at`. Raises SourceProblem.

    A flow log that was deleted is described no more, so what was seen of it is kept.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html
    """
    (call,) = (one for one in CALLS if one.name == "describe-flow-logs")
    (view,) = views(access, [region])
    answer = ask(view, call)
    if answer.error:
        what = f"the flow logs' formats in {view.region}, asked for {access.way()}"
        raise SourceProblem(f"{what}: {answer.error}")
    return observed([answer], at)


def collect(
    places: Sequence[Place], calls: Iterable[str] = (), names: Sequence[str] = ()
) -> Collected:
    """Ask all calls, or those named and what they build on, in all places.

    `names` are host names whose records are wanted, too. Raises BadInput for a call that is not
    made.
    """
    wanted, collected = _wanted(set(calls)), Collected()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        seen = list(pool.map(partial(_reached, collected.unreached), places))
        asked = {pool.submit(ask, view, call): view for view, call in _first(seen, wanted)}
        while asked:
            done, _ = wait(asked, return_when=FIRST_COMPLETED)
            for one in done:
                view, answer = asked.pop(one), one.result()
                collected.answers.append(answer)
                asked |= _further(pool, view, answer, wanted, names)
    return collected


def _wanted(calls: set[str]) -> list[Call]:
    """Return the calls of these names, all where there are none, and those they build on."""
    if unknown := calls - {call.name for call in CALLS}:
        known = ", ".join(dict.fromkeys(call.name for call in CALLS))
        raise BadInput(f"no snapshot has the call {min(unknown)}: it has {known}")
    named = [call for call in CALLS if not calls or call.name in calls]
    built_on = {call.about.call for call in named if call.about}
    return [call for call in CALLS if call in named or call.name in built_on]


def _reached(unreached: list[SourceProblem], place: Place) -> list[View]:
    try:
        seen = views(place.access, place.regions)
        _check_account(place, seen)
    except SourceProblem as problem:
        unreached.append(problem)
        return []
    return seen


def _check_account(place: Place, seen: list[View]) -> None:
    """Refuse answers of another account than the one that is declared. Raises SourceProblem."""
    for other in {view.account_id for view in seen} - {place.account_id or seen[0].account_id}:
        raise SourceProblem(
            f"[[account]] {place.account_id}, asked for {place.access.way()}, is the account "
            f"{other}: mend its profile or role_arn in flowcause.toml"
        )


def _first(seen: Iterable[list[View]], wanted: list[Call]) -> Iterator[tuple[View, Call]]:
    """Yield each view with what is asked first; what has no Region is asked once an account."""
    met: set[str] = set()
    for view in (view for of_place in seen for view in of_place):
        again = view.account_id in met
        met.add(view.account_id)
        yield from (
            (view, one) for one in wanted if not one.about and not (one.everywhere and again)
        )


def _further(
    pool: ThreadPoolExecutor,
    view: View,
    answer: Answer,
    wanted: list[Call],
    names: Sequence[str],
) -> dict[Future[Answer], View]:
    """Ask what is asked for each of the objects of an answer."""
    building = [call for call in wanted if call.about and call.about.call == answer.call.name]
    return {
        pool.submit(ask, view, call, subject, name): view
        for call in building
        if call.about
        for subject, one in _subjects(call.about, answer.objects)
        for name in _names(call, one, names)
    }


def _subjects(about: About, objects: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the ids that a call is asked for, with the objects that have them."""
    for one in objects:
        if all(_at(one, path) == value for path, value in about.where):
            yield str(_at(one, about.field)), one


def _at(value: Any, path: str) -> Any:
    return reduce(lambda held, name: held.get(name) if held else None, path.split("."), value)


def _names(call: Call, zone: dict[str, Any], names: Sequence[str]) -> Sequence[str | None]:
    """Return the names whose records are asked for: a zone's own, and those given in it."""
    if call.name != _RECORDS:
        return [None]
    apex = str(zone["Name"])
    given = map(_as_kept, names)
    return [apex, *dict.fromkeys(name for name in given if name.endswith(f".{apex}"))]


def _as_kept(name: str) -> str:
    """Return a host's name as Route 53 writes it."""
    escaped = _ESCAPED.sub(lambda one: f"\\{ord(one[0]):03o}", name.rstrip(".").lower())
    return f"{escaped}."
