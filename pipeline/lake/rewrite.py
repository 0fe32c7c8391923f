"""Writing the rows of many data files into few, in bounded memory whatever their number.

Rows are handled in chunks. Where they are to be sorted and are more than one chunk, their sort keys
are counted and cut into ranges of about a chunk each; every chunk is laid down on disk split by
range, and then range by range is read back, sorted and written: an external sort by distribution.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from shutil import rmtree
from uuid import uuid4

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.table import Table as IcebergTable

# What a written file should have, in bytes: Iceberg's readers split larger ones.
TARGET = 128 * 1024 * 1024
# Rows in memory at a time; of the widest flow logs about half a gigabyte.
CHUNK = 500_000
# Rows of one sort key within this span are sorted in one piece.
_SPAN = "10m"
# What the folders are called in which chunks are laid down.
SORTING = "sorting-"


def rewrite(
    table: IcebergTable, files: Sequence[str], rows: int, order: Sequence[str]
) -> list[str]:
    """Write the rows of data files into new ones, in `order` where one is given; return the paths.

    `order` names columns, the last of them a time. Nothing is registered in the table. Whatever is
    left behind by a run that dies is found by expire.
    """
    schema = _present(schema_to_pyarrow(table.schema()), files)
    folder = Path(table.location()) / "data"
    columns = pl.DataFrame(schema.empty_table()).schema
    scan = pl.scan_parquet(
        list(files), schema=columns, missing_columns="insert", glob=False, hive_partitioning=False
    )
    if not order:
        return _write(folder, schema, scan.collect_batches(chunk_size=CHUNK))
    if rows <= CHUNK:
        return _write(folder, schema, [scan.collect().sort(order, nulls_last=True)])
    spilled = folder / f"{SORTING}{uuid4().hex}"
    spilled.mkdir(parents=True)
    try:
        return _write(folder, schema, _sorted(scan, order, schema, spilled))
    finally:
        rmtree(spilled)


def _present(schema: pa.Schema, files: Sequence[str]) -> pa.Schema:
    """Return the part of a schema that any of the files has: a flow log has few of the fields."""
    names = {name for file in files for name in pl.read_parquet_schema(file)}
    return pa.schema([field for field in schema if field.name in names])


def _sorted(
    scan: pl.LazyFrame, order: Sequence[str], schema: pa.Schema, folder: Path
) -> Iterator[pl.DataFrame]:
    """Yield the rows in order, a range of keys at a time."""
    ranges = _ranges(scan, order)
    spilled = [
        _spill(folder / f"{number}.arrow", chunk, ranges, order, schema)
        for number, chunk in enumerate(scan.collect_batches(chunk_size=CHUNK))
    ]
    for number in range(_count(ranges)):
        pieces = [_piece(path, number) for path in spilled]
        yield pl.DataFrame(pa.Table.from_batches(pieces)).sort(order, nulls_last=True)


def _ranges(scan: pl.LazyFrame, order: Sequence[str]) -> pl.DataFrame:
    """Return the range of each sort key, its time cut to a span: about a chunk of rows a range."""
    keys = _keys(order)
    counted = scan.group_by(keys).len().collect(engine="streaming")
    return counted.sort([key.meta.output_name() for key in keys], nulls_last=True).with_columns(
        _range=(pl.col("len").cast(pl.Int64).cum_sum() - 1) // CHUNK
    )


def _count(ranges: pl.DataFrame) -> int:
    return int(ranges["_range"].tail(1).item()) + 1


def _keys(order: Sequence[str]) -> list[pl.Expr]:
    keys = [pl.col(name).alias(f"_{name}") for name in order]
    return [*keys[:-1], keys[-1].dt.truncate(_SPAN)]


def _spill(
    path: Path, chunk: pl.DataFrame, ranges: pl.DataFrame, order: Sequence[str], schema: pa.Schema
) -> Path:
    """Write a chunk as Arrow, one record batch a range, so that a range is read by its number."""
    keys = _keys(order)
    names = [key.meta.output_name() for key in keys]
    told = chunk.with_columns(keys).join(ranges, on=names, how="left", nulls_equal=True)
    split = told.select(*schema.names, "_range").partition_by(
        "_range", as_dict=True, include_key=False
    )
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_file(path, schema, options=options) as file:
        for number in range(_count(ranges)):
            rows = split.get((number,), chunk.clear())
            arrays = [column.combine_chunks() for column in _arrow(rows, schema).columns]
            file.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return path


def _piece(path: Path, number: int) -> pa.RecordBatch:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).get_batch(number)


def _write(folder: Path, schema: pa.Schema, frames: Iterable[pl.DataFrame]) -> list[str]:
    """Write frames one after the other, a new file begun where the last has the target's size.

    Where that fails, on a full disk say, the files are taken back.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    left = iter(frames)
    frame = next(left, None)
    try:
        while frame is not None:
            written.append(folder / f"{uuid4().hex}.parquet")
            with (
                written[-1].open("wb") as file,
                pq.ParquetWriter(file, schema, compression="zstd") as writer,
            ):
                while frame is not None and file.tell() < TARGET:
                    writer.write_table(_arrow(frame, schema))
                    frame = next(left, None)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return [str(path) for path in written]


def _arrow(frame: pl.DataFrame, schema: pa.Schema) -> pa.Table:
    return frame.select(schema.names).to_arrow().cast(schema)
