"""Judging keeps to a bound of memory, and leaves no temporary files."""

from pathlib import Path

import duckdb
import pytest

from pipeline.engines.duckdb import spilling


@pytest.mark.parametrize(("given", "kept"), [("100GB", "2.7 GiB"), ("1GB", "953.6 MiB")])
def test_more_than_the_bound_is_not_taken_and_less_stays(given, kept) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{given}'")
        with spilling(connection):
            found = connection.execute("select current_setting('memory_limit')").fetchall()
    assert found == [(kept,)]


def test_what_does_not_fit_goes_to_files_that_are_gone_afterwards() -> None:
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '60MB'")
        with spilling(connection):
            connection.execute(
                "create temp table t as select md5(i::text) from range(3000000) r(i)"
            )
            (told,) = connection.execute("select current_setting('temp_directory')").fetchall()[0]
            assert sum(file.stat().st_size for file in Path(told).iterdir()) > 0
        assert not Path(told).exists()
