"""flowcause.toml and the environment, read into one frozen settings object."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pipeline.errors import BadInput
from pipeline.sources.access import Access

FILE = Path("flowcause.toml")
# What the file may say; what a source and an account may is said by their fields.
KEYS = {"lake": ("path",), "tags": ("owner",), "source": (), "account": ()}
KINDS = ("files", "s3", "sqs", "cloudwatch")
# What only sources of some kinds can be told. Files have no window: all of them are read.
_LISTED = ("s3", "cloudwatch")
ONLY = {
    "since": _LISTED,
    "accounts": _LISTED,
    "regions": (*_LISTED, "sqs"),
    "requester_pays": ("s3",),
    "filter_pattern": ("cloudwatch",),
    "export_to": ("cloudwatch",),
}

Section = TypeVar("Section", "Source", "Account")


@dataclass(frozen=True, slots=True)
class Source:
    """Where flow logs are: [[source]] of flowcause.toml, or what a command names.

    `uri` is a path, s3://bucket/prefix, a queue's URL or a log group. `since` is how far back the
    first reading goes. For S3 `accounts` and `regions` choose among the folders of a bucket; for
    CloudWatch they are where the group is read: [[account]] ids, and Regions.
    """

    kind: str
    uri: str
    since: str | None = None
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    log_formats: tuple[str, ...] = ()
    filter_pattern: str | None = None
    export_to: str | None = None
    requester_pays: bool = False
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    endpoint_url: str | None = None

    def access(self) -> Access:
        """Return by which way AWS is reached."""
        return Access(self.profile, self.role_arn, self.external_id, self.endpoint_url)


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account: [[account]] of flowcause.toml, and how it is reached."""

    id: str
    name: str | None = None
    regions: tuple[str, ...] = ()
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run needs to know before it starts: the lake's folder, whose tag an owner is, and
    what there is to read.
    """

    lake: Path = Path("lake")
    owner_tag: str = "Owner"
    sources: tuple[Source, ...] = ()
    accounts: tuple[Account, ...] = ()


def settings(lake: Path | None = None, file: Path = FILE) -> Settings:
    """Return the settings: what was said on the command line or in the environment, else the file.

    The file is optional; `[lake] path`, `[tags] owner`, `[[source]]` and `[[account]]` are read.
    Raises BadInput.
    """
    known = Settings()
    told = _read(file)
    _check_keys(told, file)
    path = lake or Path(_text(told, "lake", "path", str(known.lake), file))
    owner = _text(told, "tags", "owner", known.owner_tag, file)
    sources = _sections(told, "source", Source, file)
    for one in sources:
        if one.kind not in KINDS:
            raise BadInput(f"{file}: [[source]] kind is one of {', '.join(KINDS)}")
        for key, kinds in ONLY.items():
            if getattr(one, key) and one.kind not in kinds:
                named = f"kind{'s' * (len(kinds) > 1)} {' and '.join(kinds)}"
                raise BadInput(f"{file}: [[source]] {key} is for the {named} alone")
    return Settings(path, owner, sources, _sections(told, "account", Account, file))


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}; mend or remove it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} is not valid TOML: {error}") from error


def _check_keys(told: Mapping[str, Any], file: Path) -> None:
    """Refuse what the file says that nobody reads. Raises BadInput."""
    for key in told.keys() - KEYS.keys():
        raise BadInput(f"{file}: there is no {key}: {_meant(key, KEYS)}")
    for section, keys in KEYS.items():
        part = told.get(section)
        for key in part.keys() - keys if isinstance(part, dict) and keys else ():
            raise BadInput(f"{file}: [{section}] has no key {key}: {_meant(key, keys)}")


def _meant(key: str, known: Iterable[str]) -> str:
    meant = get_close_matches(key, known, 1)
    return f"did you mean {meant[0]}?" if meant else f"it has {', '.join(known)}"


def _text(told: dict[str, Any], section: str, key: str, otherwise: str, file: Path) -> str:
    part = told.get(section, {})
    value = part.get(key, otherwise) if isinstance(part, dict) else None
    if not isinstance(value, str) or not value:
        raise BadInput(f"{file}: [{section}] {key} is to be a text in quotes")
    return value


def _sections(
    told: Mapping[str, Any], name: str, section: type[Section], file: Path
) -> tuple[Section, ...]:
    """Return the tables [[name]], whose keys are the fields of `section` and nothing else."""
    listed = told.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadInput(f"{file}: write [[{name}]], with two brackets, for there may be many")
    return tuple(_section(one, name, section, file) for one in listed)


def _section(told: dict[str, Any], name: str, section: type[Section], file: Path) -> Section:
    kinds = {field.name: str(field.type) for field in fields(section)}
    for key in told.keys() - kinds.keys():
        raise BadInput(f"{file}: [[{name}]] has no key {key}: {_meant(key, kinds)}")
    wanted = [field.name for field in fields(section) if field.default is MISSING]
    if missing := [key for key in wanted if key not in told]:
        raise BadInput(
            f"{file}: a [[{name}]] has no {missing[0]}: each wants {' and '.join(wanted)}"
        )
    places = {key: f"[[{name}]] {key}" for key in told}
    return section(
        **{key: _value(told[key], kinds[key], place, file) for key, place in places.items()}
    )


def _value(value: Any, kind: str, key: str, file: Path) -> Any:
    """Return a value as the field's type has it. Raises BadInput."""
    if "tuple" in kind:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        raise BadInput(f"{file}: {key} is to be a list of texts in quotes")
    if "bool" in kind:
        if isinstance(value, bool):
            return value
        raise BadInput(f"{file}: {key} is to be true or false")
    if isinstance(value, str) and value:
        return value
    raise BadInput(f"{file}: {key} is to be a text in quotes")
