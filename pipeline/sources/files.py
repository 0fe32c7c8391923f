"""Objects in local files and folders."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.errors import BadInput
from pipeline.sources.objects import WRITE_TEST, SourceObject


def find(paths: Iterable[Path]) -> list[SourceObject]:
    """List the files named and those below the folders named, in order of their paths.

    Hidden files, lakes, links to folders, pipes and other things that are no files, and the object
    that an export task writes to try its bucket are passed over; a file named twice is listed once.
    What is in a file is told by its content alone, and one that cannot be looked at fails when it
    is read.
    Raises BadInput for a path that is missing or no file, for a folder without files, and for what
    lies in a lake: its tables would be read into it once more.
    """
    found = {file: None for path in paths for file in _files(path)}
    return [_source_object(file) for file in found]


def _files(path: Path) -> list[Path]:
    for lake in filter(_is_lake, (path.resolve(), *path.resolve().parents)):
        raise BadInput(f"{path} is of the lake at {lake}: name the flow logs that it was read from")
    if path.is_file():
        return [path.resolve()]
    if not path.exists():
        raise BadInput(f"{path} does not exist: name a flow-log file or a folder of them")
    if not path.is_dir():
        raise BadInput(f"{path} is neither a file nor a folder: write what it gives into a file")
    below = sorted(_walk(path.resolve()))
    if not below:
        raise BadInput(f"{path} holds no files: name a folder with flow logs below it")
    return below


def _walk(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not _is_lake_or_hidden(Path(here, name))]
        yield from (path for name in names if not _is_passed_over(path := Path(here, name)))


def _is_lake_or_hidden(folder: Path) -> bool:
    """Tell a folder that holds no logs: a lake, which by default lies where the command is run."""
    return _is_lake(folder) or folder.name.startswith(".")


def _is_lake(folder: Path) -> bool:
    return (folder / "lake.json").is_file() and (folder / "catalog.db").is_file()


def _is_passed_over(path: Path) -> bool:
    """Tell what holds no logs; what cannot be looked at, like a link to nothing, may hold some."""
    if path.name.startswith(".") or path.name == WRITE_TEST:
        return True
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _refuse(error: OSError) -> None:
    raise BadInput(f"{error.filename}: {error.strerror}; give yourself the right to read it")


def _source_object(file: Path) -> SourceObject:
    # A file's name may be any bytes; the lake's text is UTF-8.
    uri = os.fsencode(file).decode("utf-8", errors="backslashreplace")
    return SourceObject("files", uri, _size(file), file.read_bytes)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
