"""Unpacking gzip: whole or not at all, also where it was cut, joined, damaged or made to burst."""

import gzip
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.records.compression import pieces, plain

TEXT = b"interface-id action\n" + b"eni-1 ACCEPT\n" * 40
PACKED = gzip.compress(TEXT, mtime=0)
MOST = 10**6


def test_plain_text_is_left_alone() -> None:
    assert plain(TEXT, 10) == TEXT


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.integers(0, 9))
def test_members_unpack_to_the_whole_in_their_order(parts, level) -> None:
    assume(not b"".join(parts).startswith(b"\x1f\x8b"))
    packed = b"".join(gzip.compress(part, level) for part in parts)
    assert plain(packed, MOST) == b"".join(parts)


@pytest.mark.parametrize("cut", range(2, len(PACKED)))
def test_a_gzip_cut_anywhere_is_refused(cut) -> None:
    with pytest.raises(ValueError, match="fetch the object again"):
        plain(PACKED[:cut], MOST)


def test_a_trailer_cut_short_is_told_as_such() -> None:
    with pytest.raises(ValueError, match="cut short"):
        plain(PACKED[:-1], MOST)


@pytest.mark.parametrize("cut", [1, 5, 10, 15, len(PACKED) - 1])
def test_a_second_member_cut_short_is_refused(cut) -> None:
    with pytest.raises(ValueError, match="fetch the object again"):
        plain(PACKED + PACKED[:cut], MOST)


@given(st.integers(2, len(PACKED) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_changes_nothing(place, mask) -> None:
    damaged = bytearray(PACKED)
    damaged[place] ^= mask
    try:
        assert plain(bytes(damaged), MOST) == TEXT
    except ValueError as error:
        assert "\n" not in str(error)


@given(st.binary(max_size=60))
def test_what_only_begins_like_gzip_is_refused_in_a_line(rest) -> None:
    try:
        plain(b"\x1f\x8b" + rest, MOST)
    except ValueError as error:
        assert "\n" not in str(error)


def test_padding_between_and_after_members_is_no_text() -> None:
    assert plain(PACKED + b"\0" * 9, MOST) == TEXT


@pytest.mark.parametrize("members", [1, 3])
def test_a_bomb_is_refused_before_it_bursts(members) -> None:
    bomb = gzip.compress(b"\0" * (MOST // members + 1)) * members
    assert len(bomb) < 5000
    with pytest.raises(ValueError, match="unpacks to more than 1,000,000 bytes"):
        plain(bomb, MOST)


def test_exactly_the_most_is_let_through() -> None:
    assert plain(PACKED, len(TEXT)) == TEXT


def test_one_byte_more_than_the_most_is_refused() -> None:
    with pytest.raises(ValueError, match=f"unpacks to more than {len(TEXT) - 1} bytes"):
        plain(PACKED, len(TEXT) - 1)


def test_an_empty_gzip_is_empty_text() -> None:
    assert plain(gzip.compress(b""), MOST) == b""


def test_a_gzip_of_gzips_is_unpacked_to_the_text() -> None:
    assert plain(gzip.compress(PACKED * 2, mtime=0), MOST) == TEXT * 2


def test_the_bomb_inside_is_refused_too() -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * (MOST + 1)))
    with pytest.raises(ValueError, match="unpacks to more than 1,000,000 bytes"):
        plain(bomb, MOST)


# https://www.rfc-editor.org/rfc/rfc1952#page-8
@pytest.mark.parametrize("size", [0, 1, len(TEXT) - 1, len(TEXT) + 1, 2**32 - 1])
def test_a_gzip_that_says_another_size_than_it_has_is_refused(size) -> None:
    with pytest.raises(ValueError, match="damaged"):
        plain(PACKED[:-4] + size.to_bytes(4, "little"), MOST)


@pytest.mark.parametrize("most", [len(TEXT) - 1, 2 * len(TEXT) - 1])
def test_members_that_unpack_to_too_much_are_refused(most) -> None:
    with pytest.raises(ValueError, match="unpacks to more than"):
        plain(PACKED * 2, most)
    assert plain(PACKED * 2, 2 * len(TEXT)) == TEXT * 2


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.integers(1, 90), st.booleans())
def test_pieces_are_the_whole_in_their_order(parts, size, again) -> None:
    assume(not b"".join(parts).startswith(b"\x1f\x8b"))
    packed = b"".join(map(gzip.compress, parts))
    found = list(pieces(gzip.compress(packed) if again else packed, MOST, size))
    assert b"".join(found) == b"".join(parts)
    assert all(len(one) == size for one in found[:-1])
    assert len(found[-1]) < size


LONG = gzip.compress(Random(1).randbytes(MOST // 2), 1)


@pytest.mark.parametrize("spoilt", [LONG[:-1], LONG[:-8] + b"\0" * 8, LONG + PACKED[:20]])
def test_damage_behind_the_first_piece_is_met_when_it_comes(spoilt) -> None:
    unpacked = pieces(spoilt, MOST, 100)
    assert next(unpacked) == Random(1).randbytes(100)
    with pytest.raises(ValueError, match="fetch the object again"):
        list(unpacked)


def test_a_bomb_is_refused_with_the_piece_that_is_too_much() -> None:
    unpacked = pieces(gzip.compress(b"\0" * 2 * MOST), MOST, MOST // 2)
    assert len(next(unpacked)) + len(next(unpacked)) == MOST
    with pytest.raises(ValueError, match="unpacks to more than 1,000,000 bytes"):
        next(unpacked)


def test_what_is_no_gzip_is_one_piece() -> None:
    assert list(pieces(TEXT, 10, 20)) == [TEXT]
