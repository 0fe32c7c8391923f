"""What stands for a missing value, and what only looks like it: dashes, None, NULL and nothing."""

from datetime import UTC, datetime

import pytest

from pipeline.records.content import Content
from pipeline.records.decode import decode

NOW = datetime(2026, 3, 10, tzinfo=UTC)
NAMES = ("interface_id", "srcport", "action")
NO_NUMBER = "srcport is not a whole number"


def read(text):
    """Return NAMES of each flow, and why lines were rejected."""
    result = decode([Content("o", text.encode())], NOW)
    rows = [row for _, frame in result.frames for row in frame.select(NAMES).rows()]
    return sorted(rows), result.rejected["reason"].to_list()


WORDS = ["None", "NULL", "null", '""', "nan"]
HEADER = "action srcport interface-id"


# A blank line at the end sends the same lines down the exact path.
@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("word", WORDS)
def test_in_text_a_dash_alone_is_a_missing_value(word, end) -> None:
    rows, reasons = read("\n".join([HEADER, "- - eni-1", f"{word} 443 {word}", ""]) + end)
    assert rows == sorted([(word, 443, word), ("eni-1", None, None)])
    assert reasons == []


@pytest.mark.parametrize("word", WORDS)
def test_in_text_a_number_is_a_number_or_a_dash(word) -> None:
    rows, reasons = read("\n".join([HEADER, "ACCEPT 443 eni-1", f"ACCEPT {word} eni-2", ""]))
    assert rows == [("eni-1", 443, "ACCEPT")]
    assert reasons == [NO_NUMBER]


@pytest.mark.parametrize("word", ["", '""', "-", "None"])
def test_in_csv_so_are_an_empty_cell_and_none(word) -> None:
    lines = ["eni-1,443,ACCEPT", f"eni-2,{word},{word}", "eni-3,NULL,ACCEPT", ""]
    rows, reasons = read("\n".join([",".join(NAMES), *lines]))
    assert rows == [("eni-1", 443, "ACCEPT"), ("eni-2", None, None)]
    assert reasons == [NO_NUMBER]
