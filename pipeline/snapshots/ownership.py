"""Whose view an answer is: the account that asked and the Region it asked in.

The folders accounts/<id>/ and <Region>/ above a file say it, the Region's from the loaded folder or
the account's on, for a folder further out may be called anything; else the answer's objects do, by
their OwnerId, their ARN or their zone; else the other answers in the same folder, where all of them
agree. The owner of each single object is another matter: there its own OwnerId stands.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from botocore.loaders import create_loader

from pipeline.errors import BadInput

Objects = list[dict[str, Any]]

_ACCOUNT = re.compile(r"\d{12}")


def views_of(
    answers: Mapping[Path, Objects], root: Path
) -> dict[Path, Callable[[], tuple[str, str]]]:
    """Return, for each file below a folder, what tells the account and the Region of its answer.

    That raises BadInput, naming the file and the folder to put it in, where one cannot be told.
    """
    accounts = {file: _accounts(file, objects) for file, objects in answers.items()}
    regions = {file: _regions(file, objects, root) for file, objects in answers.items()}
    owners: dict[Path, dict[str, str]] = {}
    for file, objects in answers.items():
        owners.setdefault(file.parent, {}).update(_default_groups(objects))
    return {
        file: partial(_view, file, accounts, regions, _default_groups(answers[file]) or beside)
        for file, beside in ((file, owners[file.parent]) for file in answers)
    }


def _view(
    file: Path,
    accounts: Mapping[Path, set[str]],
    regions: Mapping[Path, set[str]],
    groups: Mapping[str, str],
) -> tuple[str, str]:
    account = _only(file, accounts, "account", "accounts/<account id>/")
    if groups and account not in groups and (_folder_of(file) or accounts[file] != {account}):
        owner, group = min(groups.items())
        raise BadInput(
            f"{file} is said to be of account {account}, but its folder has {group}, "
            f"the default group of a VPC of {owner}: put it below accounts/{owner}/"
        )
    return (
        account,
        _only(file, regions, "Region", "a folder named after the Region, like eu-west-1/"),
    )


def _default_groups(objects: Objects) -> dict[str, str]:
    """Return the default groups among objects, by owner: no other account sees them.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-sharing.html
    """
    return {
        one["OwnerId"]: str(one.get("GroupId"))
        for one in objects
        if one.get("GroupName") == "default" and _is_account(one.get("OwnerId"))
    }


def _is_account(value: Any) -> bool:
    return isinstance(value, str) and _ACCOUNT.fullmatch(value) is not None


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
    if told := _folder_of(file):
        return {told.name}
    return {owner for one in objects for owner in _owners(one)}


def _folder_of(file: Path) -> Path | None:
    """Return the folder accounts/<id>/ above a file, the nearest."""
    above = (one for one in file.resolve().parents if one.parent.name == "accounts")
    return next((one for one in above if _ACCOUNT.fullmatch(one.name)), None)


def _regions(file: Path, objects: Objects, root: Path) -> set[str]:
    """Return the Region of a folder from accounts/<id>/ or the loaded one on, or of the objects."""
    above = list(file.resolve().parents)
    tops = [top for top in (root.resolve().parent, _folder_of(file)) if top in above]
    between = above[: max((above.index(top) for top in tops if top), default=0)]
    if told := [place.name for place in between if _is_region(place.name)]:
        return {told[0]}
    return {region for one in objects for region in _regions_of(one)}


def _is_region(name: str) -> bool:
    """Tell whether a name is like those of Regions, in any of AWS's partitions.

    https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
    """
    return any(one.fullmatch(name) for one in _region_names())


@cache
def _region_names() -> list[re.Pattern[str]]:
    told = create_loader().load_data("partitions")
    return [re.compile(partition["regionRegex"]) for partition in told["partitions"]]


def _owners(one: dict[str, Any]) -> Iterator[str]:
    owner = one.get("OwnerId")
    if _is_account(owner):
        yield str(owner)
    yield from (arn[4] for arn in _arns(one) if _ACCOUNT.fullmatch(arn[4]))


def _regions_of(one: dict[str, Any]) -> Iterator[str]:
    yield from (arn[3] for arn in _arns(one) if _is_region(arn[3]))
    zone = one.get("AvailabilityZone")
    if isinstance(zone, str) and _is_region(zone[:-1]):
        yield zone[:-1]


def _arns(one: dict[str, Any]) -> Iterator[list[str]]:
    """Yield the parts of the object's own ARNs: arn:partition:service:region:account:resource."""
    for key, value in one.items():
        if key.endswith("Arn") and isinstance(value, str) and value.count(":") >= 5:
            yield value.split(":", 5)
