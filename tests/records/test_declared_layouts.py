"""Lines without a header: read by the formats that were declared, never by a guess."""

from datetime import UTC, datetime

import pytest

from pipeline.errors import BadInput
from pipeline.records import layout
from pipeline.records.content import Content
from pipeline.records.decode import decode

NOW = datetime(2026, 3, 10, tzinfo=UTC)
V2 = "2 047615872826 eni-1 10.0.0.1 10.0.0.2 443 50000 6 10 4000 1772452800 1772452860 ACCEPT OK"
SHORT = "${interface-id} ${srcport} ${action}"


def read(*lines: str, formats: tuple[str, ...] = (), end: str = "\n"):
    data = "".join(line + end for line in lines).encode()
    result = decode([Content("o", data)], NOW, [layout.declared(one) for one in formats])
    for counts in result.counts.values():
        parts = (counts.flows, counts.rejected, counts.headers, counts.blanks)
        assert counts.lines == sum(parts) == len(lines)
    return result


def told(result, *names: str) -> list[tuple]:
    rows = [row for _, frame in result.frames for row in frame.to_dicts()]
    rows.sort(key=lambda row: row["line_number"])
    return [tuple(row.get(name) for name in names) for row in rows]


# CRLF sends the same lines down the exact path.
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_default_format_is_known_by_name(end) -> None:
    result = read(V2, V2.replace("eni-1", "eni-2"), formats=("default",), end=end)
    assert told(result, "line_number", "interface_id", "log_status") == [
        (1, "eni-1", "OK"),
        (2, "eni-2", "OK"),
    ]
    assert result.layouts["o"].split()[0] == "version"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_format_is_declared_as_aws_writes_it(end) -> None:
    result = read("eni-1 443 ACCEPT", "eni-2 x REJECT", formats=(SHORT,), end=end)
    assert told(result, "interface_id", "srcport") == [("eni-1", 443)]
    assert result.rejected["reason"].to_list() == ["srcport is not a whole number"]


def test_without_a_declared_format_nothing_is_guessed() -> None:
    assert "--log-format" in read(V2).failed["o"]


def test_a_files_own_header_stands_over_what_is_declared() -> None:
    result = read("action interface-id", "ACCEPT eni-1", formats=("${interface-id} ${action}",))
    assert told(result, "interface_id") == [("eni-1",)]


def test_lines_above_a_header_have_the_declared_format() -> None:
    result = read("eni-1 443 ACCEPT", "action interface-id", "REJECT eni-2", formats=(SHORT,))
    assert told(result, "interface_id", "action") == [("eni-1", "ACCEPT"), ("eni-2", "REJECT")]


def test_of_several_formats_a_line_takes_the_only_one_that_fits() -> None:
    formats = ("default", SHORT, "${interface-id} ${vpc-id} ${action}")
    result = read(V2, "eni-2 vpc-1 REJECT", "eni-3 443 REJECT", "eni-4", formats=formats)
    assert told(result, "line_number", "interface_id") == [(1, "eni-1"), (2, "eni-2")]
    assert result.rejected.sort("line_number").drop("event_id").rows() == [
        ("o", 3, "fits more than one of the declared formats", "eni-3 443 REJECT"),
        ("o", 4, "fits none of the declared formats", "eni-4"),
    ]


def test_a_transit_gateways_format_is_told_from_a_vpcs() -> None:
    result = read(
        "tgw-1 443", "eni-1 ACCEPT", formats=("${tgw-id} ${srcport}", "${interface-id} ${action}")
    )
    tables = {table: frame.height for table, frame in result.frames}
    # "tgw-1 443" fits both: an interface may be called anything, and so may an action.
    assert tables == {"flows": 1}
    assert result.rejected["text"].to_list() == ["tgw-1 443"]


def test_nothing_that_fits_is_a_failed_object() -> None:
    said = read("eni-1", "eni-2", formats=("default",)).failed["o"]
    assert (
        said == "none of its 2 lines can be read: most often, has 1 fields where its format has 14"
    )


@pytest.mark.parametrize("said", ["${version}   ${account-id}", "$${version} \\\n $${account-id}"])
def test_blanks_and_escapes_of_other_tools_do_not_matter(said) -> None:
    assert layout.declared(said).names == ("version", "account-id")


@pytest.mark.parametrize(
    "said", ["", "version account-id", "${}", "${a} ${b}", "${start} ${start}"]
)
def test_what_is_no_format_is_refused(said) -> None:
    with pytest.raises(BadInput, match="is no log format"):
        layout.declared(said)
