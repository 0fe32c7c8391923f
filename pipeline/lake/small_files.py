"""Small data files: which are worth rewriting, and how others take their place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from polars.exceptions import PolarsError
from pyarrow import ArrowException
from pyiceberg.io.pyarrow import parquet_file_to_data_file
from pyiceberg.manifest import DATA_FILE_TYPE, DataFile
from pyiceberg.table import Table as IcebergTable
from pyiceberg.transforms import IdentityTransform

from pipeline.errors import LakeProblem
from pipeline.lake.columns import Table
from pipeline.lake.data_files import through
from pipeline.lake.rewrite import TARGET, rewrite
from pipeline.lake.versions import trim

# A file below this is small: merging larger ones gains a reader little.
SMALL = TARGET // 4
# So many small files of a table without days are worth a rewrite.
FEW = 8
_SORT_ORDER = [field.name for field in DATA_FILE_TYPE[2].fields].index("sort_order_id")


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are worth rewriting together: those of one day, or of a table without days."""

    files: list[DataFile]

    def rows(self) -> int:
        """Return how many rows the files hold."""
        return sum(file.record_count for file in self.files)

    def size(self) -> int:
        """Return how many bytes the files have."""
        return sum(file.file_size_in_bytes for file in self.files)

    def paths(self) -> set[str]:
        """Return where the files are."""
        return {file.file_path for file in self.files}


def groups(table: IcebergTable, version: int | None, declared: Table) -> list[Group]:
    """Return what is worth rewriting in a version of a table, a group for each day.

    Of a day with an order that is what was not sorted yet, with what is sorted but small; else what
    is small. What was rewritten is not due again before something is added. Where another tool
    deleted rows by delete files, which a rewrite would undo, nothing is.
    """
    tasks = [] if version is None else list(table.scan(snapshot_id=version).plan_files())
    if any(task.delete_files for task in tasks):
        return []
    days: dict[object, list[DataFile]] = {}
    for task in tasks:
        day = task.file.partition[0] if declared.day else None
        days.setdefault(day, []).append(task.file)
    found = (_due(files, bool(declared.order)) for _, files in sorted(days.items(), key=repr))
    return [Group(files) for files in found if files]


def _due(files: Sequence[DataFile], ordered: bool) -> list[DataFile]:
    small = [file for file in files if file.file_size_in_bytes < SMALL]
    if not ordered:
        return small if len(small) >= FEW else []
    new = [file for file in files if not file.sort_order_id]
    candidates = list(dict.fromkeys([*new, *small]))
    return candidates if new and len(candidates) > 1 else []


def merged(table: IcebergTable, group: Group, declared: Table) -> list[str]:
    """Write a group's rows into new files and return their paths; nothing is registered.

    Raises LakeProblem where a file cannot be read or written.
    """
    try:
        return rewrite(table, sorted(group.paths()), group.rows(), declared.order)
    except (OSError, PolarsError, ArrowException) as error:
        raise LakeProblem(
            f"{declared.name} was left as it is, for its files cannot be rewritten "
            f"({_why(group, error)}): "
            "make room on the disk, or see 'flowcause lake verify'"
        ) from error


def _why(group: Group, error: Exception) -> str:
    """Name the file that cannot be read; where all can be, say what went wrong."""
    problems = ((file.file_path, through(file)) for file in group.files)
    bad = next((f"{path} {problem}" for path, problem in problems if problem), None)
    return bad or " ".join(str(error).split())


def swap(
    table: IcebergTable, group: Group, paths: Iterable[str], declared: Table, marks: dict[str, str]
) -> None:
    """Put the files at `paths` in the place of a group's, in one commit with `marks`.

    Raises LakeProblem where they do not hold as many rows.
    """
    with table.transaction() as change:
        trim(change, table.metadata)
        if declared.order:
            with change.update_sort_order() as sort:
                for column in declared.order:
                    sort.asc(column, IdentityTransform())
        new = [parquet_file_to_data_file(table.io, change.table_metadata, path) for path in paths]
        if sum(file.record_count for file in new) != group.rows():
            raise LakeProblem(
                f"{declared.name} was left as it is: compacting it gave another number of rows; "
                "see 'flowcause lake verify'"
            )
        with change.update_snapshot(snapshot_properties=marks).overwrite() as files:
            for old in group.files:
                files.delete_data_file(old)
            for file in new:
                if declared.order:
                    file[_SORT_ORDER] = change.table_metadata.default_sort_order_id
                files.append_data_file(file)
