"""The demo's report and help, as they stand on an 80-column terminal and in JSON."""

import json
import re
import shlex
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


def test_a_command_can_be_copied_from_the_terminal(answer) -> None:
    page = (golden.ROOT / "tests/goldens/rejects.txt").read_text(encoding="utf-8")
    shown = re.findall(r"^ +(aws ec2 .*?)(?=^ +aws ec2|^$)", page, re.MULTILINE | re.DOTALL)
    meant = [
        command
        for row in answer.rows
        if row["remedy"] and row["remedy"]["aws_cli"]
        for command in re.split(r"\n(?=aws ec2)", row["remedy"]["aws_cli"])
    ]
    assert len(meant) > 10
    assert [words(command) for command in shown] == [words(command) for command in meant]


def words(command: str) -> list[str]:
    """Split as a shell does; blanks in JSON do not count."""
    return [" ".join(word.split()) for word in shlex.split(command)]
