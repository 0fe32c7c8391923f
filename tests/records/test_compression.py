"""Unpacking gzip: whole or not at all."""

import gzip

import pytest

from pipeline.records.compression import plain

TEXT = b"version account-id\n" * 500
PACKED = gzip.compress(TEXT)


def test_plain_text_is_left_alone() -> None:
    assert plain(TEXT, 10) == TEXT


@pytest.mark.parametrize("packed", [PACKED, PACKED + b"\0" * 512])
def test_gzip_is_told_by_its_first_bytes(packed) -> None:
    assert plain(packed, len(TEXT)) == TEXT


def test_all_members_are_unpacked() -> None:
    assert plain(PACKED * 3, 10**6) == TEXT * 3


@pytest.mark.parametrize("cut", [1, 8, 9, len(PACKED) - 3])
def test_a_gzip_cut_short_is_refused(cut) -> None:
    with pytest.raises(ValueError, match="cut short"):
        plain(PACKED[:-cut], 10**6)


@pytest.mark.parametrize(
    "damaged",
    [
        PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:],
        PACKED[:2] + b"\xff" + PACKED[3:],
        PACKED[:12] + b"\xff" * 20 + PACKED[32:],
    ],
)
def test_a_damaged_gzip_is_refused(damaged) -> None:
    with pytest.raises(ValueError, match="fetch the object again"):
        plain(damaged, 10**6)


def test_more_than_the_most_is_refused() -> None:
    with pytest.raises(ValueError, match="unpacks to more than 9,499 bytes"):
        plain(PACKED, len(TEXT) - 1)
