"""flowcause.toml and the environment, read into one frozen settings object."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BadInput

FILE = Path("flowcause.toml")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run needs to know before it starts: the lake's folder, the tag that names an owner."""

    lake: Path = Path("lake")
    owner_tag: str = "Owner"


def settings(lake: Path | None = None, file: Path = FILE) -> Settings:
    """Return the settings: what was said on the command line or in the environment, else the file.

    The file is optional; `[lake] path` and `[tags] owner` are read. Raises BadInput.
    """
    known = Settings()
    told = _read(file)
    path = lake or Path(_text(told, "lake", "path", str(known.lake), file))
    return Settings(path, _text(told, "tags", "owner", known.owner_tag, file))


def _read(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} is not valid TOML: {error}") from error


def _text(told: dict[str, Any], section: str, key: str, otherwise: str, file: Path) -> str:
    part = told.get(section, {})
    value = part.get(key, otherwise) if isinstance(part, dict) else None
    if not isinstance(value, str) or not value:
        raise BadInput(f"{file}: [{section}] {key} is to be a text in quotes")
    return value
