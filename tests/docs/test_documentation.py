"""The documentation against the code: nothing that people read is typed in twice."""

import re
from pathlib import Path

import golden
import pytest
from command import flowcause

from pipeline.engines import duckdb, queries
from pipeline.lake.catalog import create_lake, iceberg_schema
from pipeline.lake.reading import sql_type
from pipeline.lake.tables import TABLES
from pipeline.reports.lost import LOST
from pipeline.sources import aws

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_page_of_tables_is_the_golden_one(tmp_path) -> None:
    with duckdb.connect(create_lake(tmp_path / "lake")) as connection:
        golden.check("docs/tables.md", "\n".join(pages(connection)) + "\n")


def pages(connection):
    yield "# The tables of the lake"
    yield ""
    yield "Generated from the code by `make goldens`. Times are UTC; what is missing is NULL."
    for table in TABLES.values():
        yield f"\n## {table.name}\n\n{table.meaning[0].upper()}{table.meaning[1:]}."
        if table.day:
            yield f"\nPartitioned by day of `{table.day}`."
        yield "\n| column | type | meaning |\n|--|--|--|"
        schema = iceberg_schema(table)
        for column, field in zip(table.columns, schema.fields, strict=True):
            yield f"| {column.name} | `{sql_type(field.field_type)}` | {column.meaning} |"
    meanings = {
        column.name: column.meaning
        for table in (TABLES["tags"], TABLES["judgements"], TABLES["decisions"])
        for column in table.columns
    }
    yield "\n# Views"
    for name in queries.names("views"):
        yield f"\n## {name}\n\n{queries.title('views', name)}"
        yield "\n| column | type | meaning |\n|--|--|--|"
        described = duckdb.select(connection, f"describe {name}").to_pylist()
        for column, kind in ((row["column_name"], row["column_type"]) for row in described):
            yield f"| {column} | `{kind}` | {meanings.get(column, '')} |"


def test_the_finding_of_the_readme_is_one_of_the_demo() -> None:
    (block,) = re.findall(r"```\n(\d+\. .*?)```", README, re.DOTALL)
    assert block in (ROOT / "tests/goldens/rejects.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", queries.names("reports"))
def test_every_report_is_in_the_readme_with_its_title(name) -> None:
    assert f"| `{name}` | {queries.title('reports', name)} |" in README


def test_every_command_is_in_the_readme() -> None:
    from pipeline.cli import app, ingest, lake, snapshot

    groups = {"": app, "ingest ": ingest.app, "snapshot ": snapshot.app, "lake ": lake.app}
    groups["snapshot changes "] = snapshot.changes
    for prefix, group in groups.items():
        for command in group.registered_commands:
            name = command.name or command.callback.__name__
            assert f"flowcause {prefix}{name}" in README


def test_every_make_target_of_the_readme_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", README)) <= targets


def test_the_decision_table_of_the_docs_has_the_causes_of_the_code() -> None:
    page = (ROOT / "docs" / "decision-table.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (\d+) \|(?:[^|]*\|){6} ([^|]*) \|", page, re.MULTILINE))
    sql = queries.text("attribution", "decision_table")
    known = dict(re.findall(r"\(\s*(\d+),\s*'(\w+)'", sql))
    assert set(told) == set(known) | {"0"}
    assert all(f"`{cause}`" in told[row] for row, cause in known.items())


def test_every_cause_of_silent_loss_is_in_the_docs_and_in_the_reports_words() -> None:
    page = (ROOT / "docs" / "decision-table.md").read_text(encoding="utf-8")
    known = re.findall(r"^    \('(\w+)'", queries.text("views", "loss_causes"), re.MULTILINE)
    assert len(known) == 24
    assert [cause for cause in known if f"`{cause}`" not in page] == []
    assert set(LOST) == set(known)


def test_every_cause_has_a_section_with_what_the_sample_data_shows_of_it() -> None:
    page = (ROOT / "docs" / "causes.md").read_text(encoding="utf-8")
    refused = re.findall(r"\(\s*\d+,\s*'(\w+)'", queries.text("attribution", "decision_table"))
    lost = re.findall(r"^    \('(\w+)'", queries.text("views", "loss_causes"), re.MULTILINE)
    # Of packets that there surely was no connection for, row 13 has another.
    assert set(re.findall(r"^### (\w+)$", page, re.MULTILINE)) == {
        *refused,
        *lost,
        "unsolicited_packet",
    }
    golden = (ROOT / "tests/goldens/rejects.txt").read_text(encoding="utf-8")
    for section in page.split("\n### ")[1:]:
        (block,) = re.findall(r"```\n(.*?)\n```", section, re.DOTALL)
        assert block.split()[1] == section.split()[0]
        assert f"{block}\n" in golden


def test_the_page_on_ingest_shows_what_the_sample_data_gives(tmp_path) -> None:
    page = (ROOT / "docs" / "ingest.md").read_text(encoding="utf-8")
    told = re.search(r"\$ flowcause (ingest files sample_data/logs)\n(.*?)```", page, re.DOTALL)
    ran = flowcause(*told[1].split(), "--lake", tmp_path / "lake", cwd=ROOT)
    # The page breaks a line that is longer than it is wide, a pipe does not.
    assert ran.stdout.split() == told[2].split()


def test_the_page_on_ingest_names_every_permission_and_no_other() -> None:
    page = (ROOT / "docs" / "ingest.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(\w+:\w+)` \|", page, re.MULTILINE)
    assert dict(rows) == aws.PERMISSIONS


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_every_link_to_a_file_leads_somewhere(page) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []
