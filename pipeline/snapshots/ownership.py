"""Whose view an answer is: the account that asked and the Region it asked in.

The folders accounts/<id>/ and <Region>/ above a file say it; else the answer's objects do, by
their OwnerId, their ARN or their zone; else the other answers in the same folder, where all of them
agree. The owner of each single object is another matter: there its own OwnerId stands.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.errors import BadInput

Objects = list[dict[str, Any]]

_ACCOUNT = re.compile(r"\d{12}")
# https://docs.aws.amazon.com/general/latest/gr/rande.html
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


def views_of(answers: Mapping[Path, Objects]) -> dict[Path, Callable[[], tuple[str, str]]]:
    """Return, for each file, what tells the account and the Region of its answer.

    That raises BadInput, naming the file and the folder to put it in, where one cannot be told.
    """
    accounts = {file: _accounts(file, objects) for file, objects in answers.items()}
    regions = {file: _regions(file, objects) for file, objects in answers.items()}
    groups = {file.parent: one for file in answers for one in _default_groups(answers[file])}
    return {file: partial(_view, file, accounts, regions, groups) for file in answers}


def _view(
    file: Path,
    accounts: Mapping[Path, set[str]],
    regions: Mapping[Path, set[str]],
    groups: Mapping[Path, dict[str, Any]],
) -> tuple[str, str]:
    account = _only(file, accounts, "account", "accounts/<account id>/")
    group = groups.get(file.parent)
    if group and group["OwnerId"] != account:
        raise BadInput(
            f"{file} is said to be of account {account}, but its folder has {group['GroupId']}, "
            f"the default group of a VPC of {group['OwnerId']}: put it below "
            f"accounts/{group['OwnerId']}/"
        )
    return (
        account,
        _only(file, regions, "Region", "a folder named after the Region, like eu-west-1/"),
    )


def _default_groups(objects: Objects) -> list[dict[str, Any]]:
    """Return the default groups among objects: no other account than their own sees them.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-sharing.html
    """
    return [
        one
        for one in objects
        if one.get("GroupName") == "default" and one.keys() >= {"GroupId", "OwnerId"}
    ]


def _only(file: Path, told: Mapping[Path, set[str]], what: str, folder: str) -> str:
    if len(told[file]) == 1:
        return min(told[file])
    beside = {
        name
        for other, names in told.items()
        if other.parent == file.parent
        for name in names
        if len(names) == 1
    }
    if len(beside) == 1:
        return beside.pop()
    raise BadInput(f"{file}: its {what} cannot be told; put it below {folder}")


def _accounts(file: Path, objects: Objects) -> set[str]:
    places = file.resolve().parent.parts
    above = [one for one, below in zip(places[1:], places, strict=False) if below == "accounts"]
    if told := [one for one in above if _ACCOUNT.fullmatch(one)]:
        return {told[-1]}
    return {owner for one in objects for owner in _owners(one)}


def _regions(file: Path, objects: Objects) -> set[str]:
    if told := [place for place in file.resolve().parent.parts if _REGION.fullmatch(place)]:
        return {told[-1]}
    return {region for one in objects for region in _regions_of(one)}


def _owners(one: dict[str, Any]) -> Iterator[str]:
    owner = one.get("OwnerId")
    if isinstance(owner, str) and _ACCOUNT.fullmatch(owner):
        yield owner
    yield from (arn[4] for arn in _arns(one) if _ACCOUNT.fullmatch(arn[4]))


def _regions_of(one: dict[str, Any]) -> Iterator[str]:
    yield from (arn[3] for arn in _arns(one) if _REGION.fullmatch(arn[3]))
    zone = one.get("AvailabilityZone")
    if isinstance(zone, str) and _REGION.fullmatch(zone[:-1]):
        yield zone[:-1]


def _arns(one: dict[str, Any]) -> Iterator[list[str]]:
    """Yield the parts of the object's own ARNs: arn:partition:service:region:account:resource."""
    for key, value in one.items():
        if key.endswith("Arn") and isinstance(value, str) and value.count(":") >= 5:
            yield value.split(":", 5)
