"""The demo's report and help, as they stand on an 80-column terminal and in JSON."""

import json
from io import StringIO

import golden
import pytest
from rich.console import Console

from pipeline import api
from pipeline.reports.documents import as_json
from pipeline.reports.terminal import SHOWN, draw_findings


@pytest.fixture(scope="module")
def answer(demo):
    return api.report("rejects", None, None, demo)


def test_the_terminal_report_is_the_golden_one(answer) -> None:
    page = StringIO()
    draw_findings(answer, Console(file=page, width=80, highlight=False))
    lines = [line.rstrip() for line in page.getvalue().splitlines()]
    assert max(map(len, lines)) <= 80
    golden.check("tests/goldens/rejects.txt", "\n".join([*lines, ""]))


def test_the_json_report_is_the_golden_one(answer) -> None:
    text = as_json(answer.rows)
    assert json.loads(text)
    golden.check("tests/goldens/rejects.json", text + "\n")


def test_the_demo_has_no_more_findings_than_a_terminal_shows(answer) -> None:
    assert 0 < len(answer.rows) <= SHOWN


def test_every_remedy_names_the_element_that_decided(answer) -> None:
    remedies = [row for row in answer.rows if row["remedy"] and row["element_id"]]
    assert len(remedies) > 10
    for row in remedies:
        if row["element_type"] in ("security-group", "network-acl"):
            assert any(part in row["remedy"]["text"] for part in row["element_id"].split(","))
