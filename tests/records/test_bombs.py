"""Small objects that are made to burst: named before they do, and memory stays bounded."""

import gzip
import io
import os
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.records import footer, weight
from pipeline.records.compression import plain
from pipeline.records.decode import weigh

MOST = 8 * 1024 * 1024
TWO = b"interface-id action\neni-1 ACCEPT\n"


def parquet(table: pa.Table, **options) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", **options)
    return sink.getvalue()


def repeated(count: int, text: str | bytes) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), [text])


LONG = repeated(10_000, "x" * 100_000)
MANY = 9 * 1024 * 1024
# The longest of these would be gigabytes; all are a few megabytes at most.
BOMBS = {
    "gzip": gzip.compress(b"\0" * 1024 * 1024) * 2000,
    "gzip in gzip": gzip.compress(gzip.compress(b"\0" * 1024 * 1024) * 2000),
    "pages": parquet(pa.table({"interface_id": ["x" * MANY], "action": ["a"]})),
    "dictionary": parquet(pa.table({"interface_id": LONG, "action": LONG})),
    "nested": parquet(pa.table({"a": pa.StructArray.from_arrays([LONG], ["b"]), "action": LONG})),
    "fixed": parquet(
        pa.table({"interface_id": pa.array([b"x" * 10_000] * 1000, pa.binary(10_000))})
    ),
    "rows": parquet(pa.table({"interface_id": repeated(MANY, "eni-1"), "bytes": [1] * MANY})),
    "values": parquet(pa.table({"interface_id": [[1] * MANY], "action": ["a"]})),
    "newlines": TWO + b"\n" * (MOST - 100),
    "headers": TWO + b"action\n" * (MOST // 8),
    "fields": TWO + b"a " * (MOST // 2 - 100),
    "tabs": TWO + b"a\t" * (MOST // 2 - 100),
    "export": b"2026-03-02T12:00:00.000Z a\n" + b"\n" * (MOST - 100),
    "rows of csv": b"interface_id,action\n" + b"\n" * (MOST - 100),
    "cells": b"interface_id,action\n" + b",\n" * (MOST // 2 - 100),
    "commas": b'{"logEvents":[1' + b",1" * (MOST // 2 - 100) + b"]}",
    "documents": b'{"message":"a b"}' + b"{}" * (MOST // 2 - 100),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_named_before_it_bursts(name) -> None:
    with pytest.raises(ValueError, match=r"^(unpacks to more|is made of so short)"):
        weigh(plain(BOMBS[name], MOST), MOST)


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_bomb_in_a_part_of_an_object_is_found(place) -> None:
    quarters = [(b"x" * 99 + b"\n") * (MOST // 400)] * 4
    quarters[place] = b"\n" * (MOST // 4 - 100)
    with pytest.raises(ValueError, match="is made of so short"):
        weigh(b"interface-id\n" + b"".join(quarters), MOST)


def test_a_text_of_empty_lines_is_found_piece_by_piece() -> None:
    piece = b"\n" * MOST
    unpacked = weight.watched([b"interface-id\n", b"", *[piece] * 99], 2 * MOST)
    with pytest.raises(ValueError, match="is made of so short"):
        for _ in range(3):
            next(unpacked)


def test_a_usual_text_is_let_through_piece_by_piece() -> None:
    piece = (b"x" * 99 + b"\n") * (MOST // 100)
    assert list(weight.watched([piece, b"", piece], 2 * MOST)) == [piece, piece]


def test_what_repeats_short_texts_is_no_bomb() -> None:
    data = parquet(pa.table({"interface_id": repeated(100_000, "eni-1"), "bytes": [1] * 100_000}))
    assert 3_000_000 < weigh(data, MOST) < MOST


def varint(number: int) -> bytes:
    """Write a number as the footer has it: zigzag, seven bits a byte."""
    number, found = number * 2, b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def test_a_footer_that_belittles_its_pages_is_not_believed() -> None:
    table = pa.table({"interface_id": ["x" * MANY], "action": ["a"]})
    sound = parquet(table, use_dictionary=False, write_statistics=False)
    group = pq.ParquetFile(io.BytesIO(sound)).metadata.row_group(0)
    lied = sound
    for told in (group.column(0).total_uncompressed_size, group.total_byte_size):
        small = bytes([128 | 2]) + b"\x80" * (len(varint(told)) - 2) + b"\0"
        assert lied.count(varint(told)) >= 1
        lied = lied.replace(varint(told), small)
    assert pq.ParquetFile(io.BytesIO(lied)).metadata.row_group(0).total_byte_size == 1
    with pytest.raises(ValueError, match="unpacks to more than"):
        weigh(lied, MOST)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("options", [{}, {"use_dictionary": False}, {"data_page_size": 64}])
def test_pages_add_up_to_what_a_sound_footer_says(version, options) -> None:
    columns = {"a": [str(n % 90) for n in range(5000)], "b": list(range(5000)), "c": [None] * 5000}
    nested = {"d": [{"e": [n, n]} for n in range(5000)]}
    data = parquet(
        pa.table(columns | nested), row_group_size=2000, data_page_version=version, **options
    )
    told = pq.ParquetFile(io.BytesIO(data)).metadata
    chunks = footer.chunks(data)
    expected = [
        (column.path_in_schema, column.num_values)
        for group in range(3)
        for column in map(told.row_group(group).column, range(4))
    ]
    assert [(one.path, one.values) for one in chunks] == expected
    sizes = [
        told.row_group(group).column(place).total_uncompressed_size
        for group in range(3)
        for place in range(4)
    ]
    # The footer counts the headers of pages too.
    assert all(one.size <= size for one, size in zip(chunks, sizes, strict=True))
    assert sum(one.size for one in chunks) > sum(sizes) / 2


def test_chunks_that_share_their_pages_are_no_file() -> None:
    digits = [f"{random.Random(1).getrandbits(16000):x}"]
    table = pa.table({"a": digits, "b": digits})
    sound = parquet(table, use_dictionary=False, write_statistics=False)
    told = pq.ParquetFile(io.BytesIO(sound)).metadata.row_group(0).column(0).total_compressed_size
    # The first chunk takes the second one's page for its own.
    shared = sound.replace(b"\x16" + varint(told), b"\x16" + varint(told * 2), 1)
    assert len(shared) == len(sound) and len(footer.chunks(sound)) == 2
    with pytest.raises(ValueError, match="the Parquet is damaged"):
        footer.chunks(shared)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 40])
def test_a_footer_that_is_none_fails_in_a_line(length) -> None:
    with pytest.raises(ValueError, match="the Parquet is damaged"):
        footer.chunks((b"PAR1" + b"\x7f" * length)[: length + 4])


PEAK = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline.records.compression import plain
from pipeline.records.content import Content
from pipeline.records.decode import decode, weigh
from pipeline.records.layout import declared

FORMATS = [declared("${{start}} ${{end}}")]

def ingest(data):
    try:
        data = plain(data, {MOST})
        weigh(data, {MOST})
    except ValueError:
        return
    decode([Content("o", data)], datetime(2026, 3, 10, tzinfo=UTC), FORMATS)

def peak():
    # What getrusage says begins with the peak of the process that started this one.
    told = Path("/proc/self/status").read_text().split("VmHWM:")[1]
    return int(told.split()[0]) * 1024

ingest({TWO!r})
before = peak()
for path in sorted(Path(sys.argv[1]).iterdir()):
    ingest(path.read_bytes())
    print((peak() - before) // {MOST}, path.name)
"""
ROOM = weight.ROOM * MOST
# As much of each as is just let through.
HEAVY = {
    "0 newlines": TWO + b"\n" * (ROOM // 250 - 9),
    "1 rejected": TWO + b"a\n" * (ROOM // 270 - 9),
    "2 fields": TWO + b"a " * (ROOM // 20 - 400),
    "3 rows of csv": b"interface_id,action\n" + b"\n" * (ROOM // 650 - 9),
    "4 documents": b'{"message":"a b"}' + b"{}" * (ROOM // 800 - 9),
    "5 commas": b'{"logEvents":[1' + b",1" * (ROOM // 90 - 90) + b"]}",
}


@pytest.mark.parametrize("name", HEAVY)
def test_what_is_just_no_bomb_is_let_through(name) -> None:
    assert weigh(HEAVY[name], MOST) == len(HEAVY[name])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the peak")
def test_memory_stays_bounded(tmp_path) -> None:
    for name, data in {**BOMBS, **HEAVY}.items():
        (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, tmp_path],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        # What the readers take, not what the allocator keeps for them.
        env=os.environ | {"_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0"},
    )
    # Of the limit, once what the readers themselves take is there.
    *_, last = done.stdout.splitlines()
    assert int(last.split()[0]) < 25, done.stdout
