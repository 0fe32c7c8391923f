"""The verbs: what a notebook imports, and all that the command line calls. The only wiring."""

from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import runs
from pipeline.attribution import findings, judge
from pipeline.config import Settings
from pipeline.engines import duckdb
from pipeline.ingest import run
from pipeline.ingest.summary import Summary
from pipeline.lake.catalog import create_lake, open_lake
from pipeline.snapshots import answers, keep
from pipeline.sources import files
