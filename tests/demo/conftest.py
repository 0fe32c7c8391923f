"""The lake that `make demo` makes, made once for all its tests."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import api
from pipeline.config import Settings

SAMPLE = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Settings:
    settings = Settings(tmp_path_factory.mktemp("demo") / "lake")
    api.ingest_files([SAMPLE / "logs"], settings)
    for day, at in (
        ("day-one", datetime(2026, 3, 1, 22, tzinfo=UTC)),
        ("day-two", datetime(2026, 3, 3, tzinfo=UTC)),
    ):
        api.load_snapshot(SAMPLE / "snapshots" / day, at, settings)
    api.attribute(None, None, settings)
    return settings
