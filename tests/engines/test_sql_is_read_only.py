"""SQL of the user's: over every table and view, and over nothing else."""

import pytest

from pipeline import api
from pipeline.config import Settings
from pipeline.engines import duckdb, queries
from pipeline.errors import BadInput, BadQuery
from pipeline.lake.catalog import create_lake, open_lake
from pipeline.lake.tables import TABLES


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    made = Settings(tmp_path_factory.mktemp("sql") / "lake")
    create_lake(made.lake)
    return made


@pytest.mark.parametrize("name", [*TABLES, *queries.names("views")])
def test_every_table_and_view_can_be_asked(settings, name) -> None:
    asked = api.sql(f"from {name}", settings)
    assert asked.column_names
    # The causes there are, which need no rows of the lake.
    assert (asked.num_rows == 0) == (name != "loss_causes")
    if name in TABLES:
        assert asked.column_names == [column.name for column in TABLES[name].columns]


def test_no_bar_is_drawn_among_what_is_printed(settings) -> None:
    """DuckDB draws one by itself where Python was given its program as an argument."""
    asked = api.sql("select current_setting('enable_progress_bar') as drawn", settings)
    assert asked.to_pylist() == [{"drawn": False}]


@pytest.mark.parametrize(
    "query",
    [
        "drop view flows",
        "create table x (a int)",
        "insert into flows select * from flows",
        "delete from flows",
        "update flows set action = 'ACCEPT'",
        "attach 'other.db'",
        "copy flows to 'flows.csv'",
        "copy (select 1) to 'one.csv'",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "pragma database_list",
        "install httpfs",
        "load httpfs",
        "call pragma_version()",
        "export database 'here'",
        "select 1; drop view flows",
        "select 1; select 2",
        "",
        "-- nothing",
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/hostname')",
        "select * from read_blob('lake.json')",
        "select * from glob('/*')",
        "select * from '/etc/passwd'",
        "select * from read_parquet('https://localhost/x.parquet')",
        "select getenv('HOME')",
        "selec 1",
        "select nothing from flows",
        "select * from nowhere",
    ],
)
def test_what_writes_or_reaches_out_is_refused_in_one_line(settings, query) -> None:
    before = sorted(path for path in settings.lake.rglob("*"))
    with pytest.raises(BadQuery) as refusal:
        api.sql(query, settings)
    assert "\n" not in str(refusal.value)
    assert sorted(path for path in settings.lake.rglob("*")) == before


def test_a_select_with_ctes_and_comments_is_one_select(settings) -> None:
    asked = api.sql("with a as (select 1 as b) -- one\nselect b from a;", settings)
    assert asked.to_pylist() == [{"b": 1}]


def test_no_extension_is_loaded_on_its_own(settings) -> None:
    with duckdb.connect(open_lake(settings.lake)) as connection:
        told = duckdb.select(
            connection,
            "select name, value from duckdb_settings() where name like 'autoload%' "
            "or name = 'autoinstall_known_extensions' or name = 'TimeZone'",
        ).to_pylist()
    assert {row["name"]: row["value"] for row in told} == {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "TimeZone": "UTC",
    }


def test_an_unknown_query_names_those_there_are() -> None:
    with pytest.raises(BadInput, match="there are coverage, dns, peering, rejects, routes"):
        queries.text("reports", "../views/verdicts")


@pytest.mark.parametrize("room", ["views", "reports"])
def test_every_query_begins_with_what_it_answers(room) -> None:
    assert all(queries.title(room, name).endswith(".") for name in queries.names(room))
