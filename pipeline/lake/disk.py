"""What the disk refuses, in one line that says where and what to do."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from errno import (
    EACCES,
    EBADMSG,
    EBUSY,
    EDQUOT,
    EEXIST,
    EFBIG,
    EIO,
    ENOENT,
    ENOSPC,
    ENOTDIR,
    EPERM,
    EROFS,
)
from pathlib import Path

from polars.exceptions import PolarsError
from sqlalchemy.exc import DBAPIError

from pipeline.errors import LakeProblem

_WRITE = "give yourself the right to write there, or name another lake with --lake"
_SPACE = "make room there, then run this again"
_NO_FOLDER = "a file is where a folder should be: name another lake with --lake"
_DO = {
    ENOSPC: _SPACE,
    EDQUOT: _SPACE,
    EFBIG: "lift the limit on the size of files (ulimit -f), then run this again",
    EACCES: _WRITE,
    EPERM: _WRITE,
    EROFS: _WRITE,
    ENOENT: "a file of the lake is missing: restore it from a copy",
    EEXIST: _NO_FOLDER,
    ENOTDIR: _NO_FOLDER,
    EBADMSG: "restore it from a copy of the lake, or ingest again into a new one",
    EIO: "see that the disk is sound, has room and lets you write, then run this again",
    EBUSY: "another program has its catalog.db locked: end it, then run this again",
}
# The errno that each of SQLite's codes hides; EIO where it may be one of many.
# https://www.sqlite.org/rescode.html
_SQLITE = {
    "SQLITE_FULL": ENOSPC,
    "SQLITE_READONLY": EROFS,
    "SQLITE_CANTOPEN": EIO,
    "SQLITE_IOERR": EIO,
    "SQLITE_CORRUPT": EBADMSG,
    "SQLITE_NOTADB": EBADMSG,
    "SQLITE_BUSY": EBUSY,
}
# polars has no errno; it writes what the system answered into its text.
_OS_ERROR = re.compile(r"\(os error (\d+)\)")
# pyarrow has the file in its text alone.
_FILE = re.compile(r"'(/[^']+)'")


@contextmanager
def told(lake: Path) -> Iterator[None]:
    """Turn what the disk refuses into a LakeProblem; any other error stays what it is."""
    try:
        yield
    except (OSError, PolarsError, DBAPIError) as error:
        code = _errno(error)
        if code is None:
            raise
        raise LakeProblem(f"the lake at {lake}: {_what(error, code)}; {_do(code)}") from error


def _errno(error: Exception) -> int | None:
    """Return the system's number for what it refused; None where the error is another's."""
    if isinstance(error, DBAPIError):
        # The names go on after the kind, like SQLITE_IOERR_WRITE.
        kind = "_".join(str(getattr(error.orig, "sqlite_errorname", "")).split("_")[:2])
        return _SQLITE.get(kind)
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    found = _OS_ERROR.search(str(error))
    return None if found is None else int(found[1])


def _what(error: Exception, code: int) -> str:
    """Return what was refused and, as far as the error says, for which file."""
    if isinstance(error, DBAPIError):
        return f"{error.orig} (catalog.db)"
    found = _FILE.search(str(error))
    return os.strerror(code) + (f" ({found[1]})" if found else "")


def _do(code: int) -> str:
    return _DO.get(code, _DO[EIO])
