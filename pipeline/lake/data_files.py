"""Whether a data file is what the lake's metadata says of it."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.manifest import DataFile

# Rows that are decoded at a time.
_ROWS = 100_000


def outside(file: DataFile) -> str | None:
    """Say what is wrong with a data file as far as its size and footer tell; else None."""
    return _problem(file, through=False)


def through(file: DataFile) -> str | None:
    """Say what is wrong with a data file, every value of which is decoded; else None."""
    return _problem(file, through=True)


def _problem(file: DataFile, through: bool) -> str | None:
    path = Path(file.file_path)
    try:
        size = path.stat().st_size
        if size != file.file_size_in_bytes:
            return f"has {size:,} bytes, the metadata says {file.file_size_in_bytes:,}"
        with pq.ParquetFile(path) as parquet:
            rows = parquet.metadata.num_rows
            if through:
                rows = sum(batch.num_rows for batch in parquet.iter_batches(_ROWS))
    except (OSError, pa.ArrowException) as error:
        return said(error)
    if rows != file.record_count:
        return f"has {rows:,} rows, the metadata says {file.record_count:,}"
    return None


def said(error: Exception) -> str:
    """Say in one line why a file could not be read."""
    if isinstance(error, FileNotFoundError):
        return "is missing"
    return f"cannot be read: {' '.join(str(error).split()) or type(error).__name__}"
