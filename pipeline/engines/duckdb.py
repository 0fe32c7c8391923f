"""DuckDB over the lake: every table a view under its plain name, nothing fetched, nothing written.

The tables are read from the data files that Iceberg plans, by field id, so that files written
before a column existed read as NULL there.
https://duckdb.org/docs/stable/data/parquet/overview#parameters
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
from pyiceberg.schema import Schema
from pyiceberg.types import IcebergType, ListType, NestedField, StructType

from pipeline.engines import queries
from pipeline.errors import BadQuery
from pipeline.lake import reading
from pipeline.lake.catalog import Lake
from pipeline.lake.reading import Planned
from pipeline.lake.tables import TABLES

Connection = duckdb.DuckDBPyConnection

# Joins then build on what is written last, and not on what DuckDB takes for the smaller side: of a
# file's rows it expects far too few where there are several conditions, or hashes, and would keep
# all of them in memory.
AS_WRITTEN = ("join_order", "build_side_probe_side")
# What costs more than it saves where rows are few.
# https://duckdb.org/docs/stable/configuration/pragmas#optimizer
OF_FEW = (*AS_WRITTEN, "common_subexpressions", "common_subplan", "statistics_propagation")

_PARSED: dict[str, list[duckdb.Statement]] = {}


def connect(
    lake: Lake,
    planned: Mapping[str, Planned] | None = None,
    names: Collection[str] | None = None,
) -> Connection:
    """Open an in-memory DuckDB with a view for every table and every file of queries/views.

    `planned` says what is to be read of each table, where that is not all that is visible; `names`
    which tables and views are wanted, for to plan all of them takes half a second. Extensions are
    neither installed nor loaded, no bar is drawn, and the time zone is UTC.
    """
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    wanted = TABLES.keys() if names is None else TABLES.keys() & set(names)
    plans = reading.plans(lake, wanted) if planned is None else planned
    for name in wanted:
        show(connection, name, plans[name])
    show_views(connection, queries.views() if names is None else names)
    return connection


def show(connection: Connection, name: str, planned: Planned) -> None:
    """Let a table be read under its name as planned, in place of what stood there."""
    rows, values = _rows(planned)
    connection.sql(rows, params=values).create_view(name)


def show_views(connection: Connection, names: Collection[str]) -> None:
    """Let those files of queries/views be read that are among the names: their tables are there."""
    for name in filter(names.__contains__, queries.views()):
        connection.execute(f'create view "{name}" as {queries.text("views", name)}')


def keep(connection: Connection, name: str, planned: Planned) -> None:
    """Read a table as planned into memory, under its name."""
    rows, values = _rows(planned)
    connection.execute(f'create table "{name}" as {rows}', values)


def _rows(planned: Planned) -> tuple[str, dict[str, list[str]]]:
    """Return the SELECT of a table's rows, and the values that it names."""
    if not planned.files:
        typed = ", ".join(
            f'cast(null as {kind}) as "{column}"' for _, column, kind in planned.columns
        )
        return f"select {typed} where false", {}
    fields = ", ".join(
        f"{number}: {{name: '{column}', type: '{kind}', default_value: null}}"
        for number, column, kind in planned.columns
    )
    read = f"read_parquet($files, hive_partitioning = false, schema = map {{{fields}}})"
    return f"select * from {read}", {"files": planned.files}


def select(connection: Connection, sql: str, values: Mapping[str, Any] | None = None) -> pa.Table:
    """Run one SELECT of ours with its values bound, and return its rows."""
    return connection.sql(sql, params=dict(values or {})).to_arrow_table()


@contextmanager
def spilling(connection: Connection) -> Iterator[None]:
    """Keep to 3 GB of memory, where there is more, and lay down the rest among temporary files.

    https://duckdb.org/docs/stable/guides/performance/how_to_tune_workloads#spilling-to-disk
    """
    (given,) = connection.execute("select current_setting('memory_limit')").fetchall()[0]
    size, unit = given.split()
    if unit in ("TiB", "PiB") or (unit == "GiB" and float(size) > 3):
        connection.execute("set memory_limit = '3GB'")
    with TemporaryDirectory(prefix="flowcause-") as folder:
        connection.execute("set temp_directory = $folder", {"folder": folder})
        yield


def run(
    connection: Connection, sql: str, values: Mapping[str, Any], without: Sequence[str] = ()
) -> None:
    """Run statements of ours with their values bound, and `without` some of DuckDB's optimizers.

    They are parsed once, however often they are run: where rows are few, that is a fifth of it.
    """
    if sql not in _PARSED:
        _PARSED[sql] = connection.extract_statements(sql)
    _plan_without(connection, without)
    for statement in _PARSED[sql]:
        connection.execute(statement, values)
    _plan_without(connection, ())


def _plan_without(connection: Connection, optimizers: Sequence[str]) -> None:
    connection.execute(f"set disabled_optimizers = '{','.join(optimizers)}'")


def write(
    connection: Connection,
    sql: str,
    values: Mapping[str, Any],
    path: str,
    schema: Schema,
) -> int:
    """Write the rows of one SELECT of ours to a Parquet file, with the ids of a table's fields.

    Return how many rows. https://duckdb.org/docs/stable/sql/statements/copy#parquet-options
    """
    _plan_without(connection, AS_WRITTEN)
    # The order of the rows is nobody's.
    connection.execute("set preserve_insertion_order = false")
    target = path.replace("'", "''")
    form = "format parquet, compression zstd, compression_level 1"
    form += f", field_ids {{{_ids(schema.fields)}}}"
    written = connection.execute(f"copy ({sql}) to '{target}' ({form})", dict(values)).fetchone()
    assert written is not None
    return int(written[0])


def _ids(fields: Iterable[NestedField]) -> str:
    """Return the field ids of columns, and of what is nested in them, as COPY takes them."""
    told = (
        f'"{field.name}": {{__duckdb_field_id: {field.field_id}, {_ids(_inner(field.field_type))}}}'
        for field in fields
    )
    return ", ".join(told)


def _inner(kind: IcebergType) -> Sequence[NestedField]:
    if isinstance(kind, ListType):
        return (kind.element_field,)
    return kind.fields if isinstance(kind, StructType) else ()


def ask(lake: Lake, sql: str) -> pa.Table:
    """Run one SELECT of the user's over the lake's tables, and nothing that writes or reaches out.

    Raises BadQuery with DuckDB's own words in one line.
    """
    words = queries.read_by(sql)
    if TABLES.keys() & words:
        try:
            return _asked(lake, sql, words)
        except duckdb.CatalogException:
            # It names something in another way, or something like another table: DuckDB will say.
            pass
        except duckdb.Error as error:
            raise _refused(error) from error
    try:
        return _asked(lake, sql, None)
    except duckdb.Error as error:
        raise _refused(error) from error


def _asked(lake: Lake, sql: str, names: Collection[str] | None) -> pa.Table:
    with connect(lake, names=names) as connection:
        warehouse = str(lake.path / "warehouse")
        connection.execute("set allowed_directories = $folders", {"folders": [warehouse]})
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        statements = connection.extract_statements(sql)
        if [s.type for s in statements] != [duckdb.StatementType.SELECT]:
            raise BadQuery("only one SELECT at a time is run: the lake is read-only here")
        return select(connection, sql)


def _refused(error: duckdb.Error) -> BadQuery:
    return BadQuery(" ".join(str(error).split()))
