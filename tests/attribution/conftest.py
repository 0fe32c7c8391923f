"""What the tests of attribution share."""

from collections.abc import Iterator

import pytest
from network_in_memory import emptied

from pipeline.engines.duckdb import Connection


@pytest.fixture(scope="session")
def memory(tmp_path_factory) -> Iterator[Connection]:
    with emptied(tmp_path_factory.mktemp("memory")) as connection:
        yield connection
