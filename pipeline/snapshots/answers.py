"""AWS CLI answers in files, recognised by what they hold.

An answer is known by its top-level key, whatever the file's name. Where two calls share a key, the
fields of its objects tell them apart, then the command in the file's name.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from os.path import commonpath
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pipeline.errors import BadInput
from pipeline.lake.calls import CALLS
from pipeline.lake.calls.call import ZONE, Call
from pipeline.snapshots.asked_when import times_of
from pipeline.snapshots.ownership import views_of

# Stands for the Region of what has none.
EVERYWHERE = "global"
_CUT = ("NextToken", "NextMarker", "IsTruncated", "AdditionalRoutesAvailable")
# What an answer is that no other one makes whole.
PARTLY = "AWS told a part of it only"
_ID = re.compile(r"(?:pl|tgw-rtb|vpc|rslvr-(?:in|out))-[0-9a-z]+|arn:aws[\w:/.-]+|Z[0-9A-Z]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its file, its call, the account and Region that asked, its objects.

    `subject` is the id the answer is about where it does not repeat it, and `part` what of it,
    where that is told one by one; `more` is True where the answer says that it is cut. `started`
    and `finished` say when it was asked for, where that is known. `error` says why there is none,
    or no whole one, and of one that was asked for live `caller` says by whom.
    """

    file: Path
    call: Call
    account_id: str
    region: str
    subject: str | None
    objects: list[dict[str, Any]]
    more: bool = False
    started: datetime | None = None
    finished: datetime | None = None
    caller: str | None = None
    error: str | None = None
    part: str | None = None

    @property
    def scope(self) -> str:
        """Account, Region, call, subject and part, as one text: what one observation is of."""
        parts = (self.account_id, self.region, self.call.name, self.subject, self.part)
        return "/".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Found:
    """The answers of a folder, (file, key) of those of no use yet, (file, why) of what is none."""

    answers: list[Answer]
    unused: list[tuple[Path, str]]
    refused: list[tuple[Path, str]]


def find(folder: Path) -> Found:
    """Return the answers below a folder, and the files that are none.

    Raises BadInput for a folder that is missing, holds no known answer, or several snapshots.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder} is no folder: name one with AWS CLI answers (*.json) below it")
    bodies: dict[Path, dict[str, Any]] = {}
    calls: dict[Path, list[Call]] = {}
    refused: list[tuple[Path, str]] = []
    for file in sorted(folder.rglob("*.json")):
        with _noted(file, refused):
            bodies[file] = _read(file)
            calls[file] = _recognise(file, bodies[file])
    unused = [(file, next(iter(bodies[file]), "nothing")) for file in calls if not calls[file]]
    told = {file: recognised for file, recognised in calls.items() if recognised}
    answers = _answers(folder, bodies, told, refused)
    if answers:
        _check_folders(folder, answers)
        return Found(_timed(answers, refused), unused, refused)
    if refused:
        raise BadInput(refused[0][1])
    raise BadInput(
        f"{folder} holds no known AWS CLI answer: save some as JSON below it, for example "
        "aws ec2 describe-security-groups > security-groups.json"
    )


def _check_folders(folder: Path, answers: list[Answer]) -> None:
    """Refuse whole answers of one call by one name in several folders: they are no pages of one."""
    whole: dict[tuple[str, str], list[Path]] = {}
    for answer in answers:
        if not answer.more:
            whole.setdefault((answer.scope, answer.file.name), []).append(answer.file)
    tops = sorted({top for files in whole.values() if len(files) > 1 for top in _parting(files)})
    if tops:
        told = ", ".join(map(str, tops))
        raise BadInput(
            f"{folder} holds several snapshots: load each by itself, at its own time: {told}"
        )


def _parting(files: list[Path]) -> list[Path]:
    """Return the folders in which the ways to files of one name part."""
    common = Path(commonpath(files))
    return [common / file.relative_to(common).parts[0] for file in files]


def _timed(answers: list[Answer], refused: list[tuple[Path, str]]) -> list[Answer]:
    """Say of answers when they were asked for, where that is written beside them."""
    times = times_of((answer.file for answer in answers), refused)
    return [
        replace(answer, started=times[answer.file][0], finished=times[answer.file][1])
        if answer.file in times
        else answer
        for answer in answers
    ]


@contextmanager
def _noted(file: Path, refused: list[tuple[Path, str]]) -> Iterator[None]:
    """Put what is wrong with a file into a list, so that the others go on."""
    try:
        yield
    except BadInput as problem:
        refused.append((file, str(problem)))


def _answers(
    folder: Path,
    bodies: dict[Path, dict[str, Any]],
    calls: dict[Path, list[Call]],
    refused: list[tuple[Path, str]],
) -> list[Answer]:
    known: dict[Path, list[dict[str, Any]]] = {}
    for file, told in calls.items():
        with _noted(file, refused):
            known[file] = _objects(file, bodies[file], told[0])
    views = views_of(known, folder)
    answers: list[Answer] = []
    for file in known:
        with _noted(file, refused):
            answers += [_answer(file, bodies[file], one, known, views) for one in calls[file]]
    return answers


def _answer(
    file: Path,
    body: dict[str, Any],
    call: Call,
    known: dict[Path, list[dict[str, Any]]],
    views: Mapping[Path, Callable[[], tuple[str, str]]],
) -> Answer:
    account, region = views[file]()
    return Answer(
        file,
        call,
        account,
        EVERYWHERE if call.everywhere else region,
        _subject(file, body, call),
        known[file],
        goes_on(body),
        error=PARTLY if _is_part(body) else None,
        part=call.part,
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        body = json.loads(file.read_bytes())
        # What is half of a character, escaped, is no text that could be kept.
        json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{file} is not valid JSON ({error}): save the answer again") from error
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}") from error
    if not isinstance(body, dict):
        raise BadInput(f"{file} is no AWS CLI answer: it is to be one JSON object")
    return body


def _is_part(body: dict[str, Any]) -> bool:
    """Tell whether AWS had more routes than it told, and no token to ask for them.

    Who asks for them by filters has answers beside it that look whole.
    """
    return bool(body.get("AdditionalRoutesAvailable")) and not body.get("NextToken")


def goes_on(body: dict[str, Any]) -> bool:
    """Tell whether an answer says that it is cut.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SearchTransitGatewayRoutes.html
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
    """
    return any(body.get(sign) for sign in _CUT)


def _recognise(file: Path, body: dict[str, Any]) -> list[Call]:
    """Return the call that a body is the answer of, or the calls whose parts it has."""
    parts = [call for call in CALLS if call.whole and isinstance(body.get(call.key), dict)]
    call = None if parts else _listing(file, body)
    return parts if call is None else [call]


def _listing(file: Path, body: dict[str, Any]) -> Call | None:
    listing = (call for call in CALLS if not call.whole)
    sharing = [call for call in listing if isinstance(body.get(call.key), list)]
    if len(sharing) == 1 and not sharing[0].marks:
        return sharing[0]
    named = [call for call in sharing if call.name == file.stem.partition("--")[0]]
    if not any(body[call.key] for call in sharing):
        return _told_by_name(file, sharing, named)
    marked = [call for call in sharing if _is_marked(body[call.key], call)]
    return _told_by_name(file, marked or named, [call for call in named if call in marked])


def _is_marked(objects: list[Any], call: Call) -> bool:
    return all(isinstance(one, dict) and all(mark in one for mark in call.marks) for one in objects)


def _told_by_name(file: Path, fitting: list[Call], named: list[Call]) -> Call | None:
    if len(fitting) <= 1:
        return fitting[0] if fitting else None
    if len(named) == 1:
        return named[0]
    calls = " or ".join(sorted(call.name for call in fitting))
    raise BadInput(f"{file} may be the answer of {calls}: name the file after its command")


def _objects(file: Path, body: dict[str, Any], call: Call) -> list[dict[str, Any]]:
    try:
        objects = objects_of(body, call)
    except (TypeError, LookupError, AttributeError):
        objects = [None]
    if not all(isinstance(one, dict) for one in objects):
        raise BadInput(f"{file}: {call.key} is to be a list of objects: save the answer again")
    return objects


def objects_of(body: dict[str, Any], call: Call) -> list[Any]:
    """Return the objects of an answer, each with the owner of what it is listed in.

    Raises TypeError, LookupError or AttributeError where they are not where they are to be.
    """
    listed = [body] if call.whole else body.get(call.key, [])
    if not call.inside:
        return list(listed)
    if not all(isinstance(outer[call.inside], list) for outer in listed):
        raise TypeError(call.inside)
    return [
        {call.owner: outer.get(call.owner), **one} for outer in listed for one in outer[call.inside]
    ]


def _subject(file: Path, body: dict[str, Any], call: Call) -> str | None:
    """Return what an answer is about: by its own words, an id beside the list, the file's name."""
    if call.about is None:
        return None
    told = _told_subject(file, body, call)
    if told is None:
        raise BadInput(
            f"{file} does not say what it is about: name it {call.name}--<id>.json, for example "
            "get-managed-prefix-list-entries--pl-0123456789abcdef0.json"
        )
    return told.removeprefix(ZONE)


def _told_subject(file: Path, body: dict[str, Any], call: Call) -> str | None:
    parameter = call.about.parameter if call.about else ""
    part = body[call.key]
    objects = [body, *([part] if call.whole else part)]
    inside = {one[parameter] for one in objects if isinstance(one.get(parameter), str)}
    beside = {value for value in body.values() if isinstance(value, str) and _ID.fullmatch(value)}
    for told in (inside, beside):
        if len(told) == 1:
            return told.pop()
    # The ids of load balancers have slashes, which no file's name has, and may have two dashes.
    named = unquote(file.stem.partition("--")[2])
    return (named if named.startswith("arn:") else named.partition("--")[0]) or None
