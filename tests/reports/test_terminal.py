"""What is drawn on a terminal: hostile text disarmed, ids whole, nothing cut."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import duckdb
import pytest
from rich.console import Console

from pipeline.reports.documents import as_json, distinct, table_rows
from pipeline.reports.terminal import _command, draw_rows, printable


def drawn(rows: list[dict], width: int = 80) -> str:
    page = StringIO()
    draw_rows(rows, list(rows[0]), Console(file=page, width=width, highlight=False))
    return page.getvalue()


@pytest.mark.parametrize(
    "hostile", ["\x1b[31mred", "a\x07b", "\x9b2J", "a\u202eb", "a\rb", "\x1b]0;title\x07"]
)
def test_what_could_steer_a_terminal_is_replaced(hostile) -> None:
    assert "\N{REPLACEMENT CHARACTER}" in printable(hostile)
    assert not any(c in drawn([{"tag": hostile}]) for c in "\x1b\x07\x9b\u202e\r")


def test_what_data_holds_makes_no_line_of_its_own() -> None:
    forged = "prod\n2. sg_ingress_miss  certain"
    assert printable(forged) == "prod 2. sg_ingress_miss  certain"
    wide = {f"column_{number}": None for number in range(20)} | {"tag": forged}
    for row in ({"tag": forged}, wide):
        assert not any(line.lstrip().startswith("2.") for line in drawn([row]).splitlines())


def test_a_command_keeps_its_lines() -> None:
    (command,) = _command({"remedy": {"aws_cli": "aws ec2 x \\\n  --group-id 'sg-1\x1b'"}})
    page = StringIO()
    Console(file=page, width=80).print(command)
    assert [line.strip() for line in page.getvalue().splitlines()] == [
        "aws ec2 x \\",
        "--group-id 'sg-1\N{REPLACEMENT CHARACTER}'",
    ]


def test_markup_in_data_is_text() -> None:
    assert "[bold red]owner[/]" in drawn([{"owner": "[bold red]owner[/]"}])


def test_a_long_cell_is_folded_and_never_cut() -> None:
    long = "eni-" + "0123456789abcdef" * 12
    page = drawn([{"a": long, "b": long}], width=60)
    assert max(map(len, page.splitlines())) <= 60
    assert "…" not in page
    columns = "".join(line[:30].strip() for line in page.splitlines()[1:])
    assert columns.replace(" ", "").startswith(long[:60])


def test_json_has_iso_times_whole_numbers_and_null() -> None:
    row = {"t": datetime(2026, 3, 2, 14, tzinfo=UTC), "n": Decimal("12"), "x": None, "b": b"\x01"}
    expected = '[ { "t": "2026-03-02T14:00:00Z", "n": 12, "x": null, "b": "01" } ]'
    assert " ".join(as_json([row]).split()) == expected


@pytest.mark.parametrize(
    "hostile", ["\x9b2J", "\x7f", "a\u202eb", "\u2028", "\U000e0041", "\ud800"]
)
def test_json_escapes_what_could_steer_a_terminal(hostile) -> None:
    text = as_json([{"tag": f"é {hostile} 日本"}])
    assert text.replace("\n", "").isprintable()
    assert "é" in text
    assert json.loads(text) == [{"tag": f"é {hostile} 日本"}]


def test_columns_of_one_name_are_told_apart() -> None:
    assert distinct(["a", "b", "a", "a"]) == ["a", "b", "a_2", "a_3"]


def test_json_holds_what_python_and_json_cannot() -> None:
    table = duckdb.sql(
        "select 'infinity'::timestamptz as t, 'nan'::double as n, ['inf'::double] as l, "
        "map {'q': 1} as m, 170141183460469231731687303715884105727::hugeint as h"
    ).to_arrow_table()
    (row,) = json.loads(as_json(table_rows(table)))
    assert isinstance(row.pop("t"), str)
    assert row == {"n": None, "l": [None], "m": {"q": 1}, "h": 2**127 - 1}


def test_many_columns_make_each_row_a_block() -> None:
    row = {f"column_{number}": number for number in range(20)} | {"empty": None}
    page = drawn([row, row])
    assert [line for line in page.splitlines() if line.startswith("row")] == ["row 1", "row 2"]
    assert "column_19  19" in page
    assert "empty" not in page
