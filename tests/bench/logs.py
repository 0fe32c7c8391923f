"""Seeded flow logs for the benches: made in columns, the same bytes on every machine.

The values are spread as in a small organisation's traffic: some hundred interfaces, some thousand
addresses, an hour of time an object.
"""

import gzip
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pyarrow as pa

V2 = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status"
)
# The 29 fields of versions 2 to 5, in the order of the alphabet, as the console's form lists them.
V5 = " ".join(
    sorted(
        f"{V2} vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id "
        "sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction "
        "traffic-path".split()
    )
)
START = 1_772_400_000
_SAME = {
    "version": "2",
    "account-id": "123456789012",
    "log-status": "OK",
    "vpc-id": "vpc-0123456789abcdef0",
    "instance-id": "-",
    "type": "IPv4",
    "region": "eu-west-1",
    "az-id": "euw1-az1",
    "sublocation-type": "-",
    "sublocation-id": "-",
    "pkt-src-aws-service": "-",
    "pkt-dst-aws-service": "-",
    "traffic-path": "-",
}


def write(folder: Path, header: str, objects: int, records: int) -> None:
    """Write objects of so many records each, packed as AWS packs them."""
    folder.mkdir(parents=True)

    def one(number: int) -> None:
        packed = gzip.compress(text(header, records, number), 6, mtime=0)
        (folder / f"{number:05}.log.gz").write_bytes(packed)

    # Packing is what takes the time, and it leaves Python's lock alone.
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(objects)))


def text(header: str, records: int, seed: int) -> bytes:
    """Return one object's text: its header line and so many records."""
    body = lines(header, records, seed).str.join("\n").item() if records else ""
    return f"{header}\n{body}\n".encode() if records else f"{header}\n".encode()


def lines(header: str, records: int, seed: int) -> pl.Series:
    """Return so many records as lines."""
    values = rows(header, records, seed)
    return values.select(pl.concat_str(values.columns, separator=" ")).to_series()


def rows(header: str, records: int, seed: int) -> pl.DataFrame:
    """Return so many records in columns."""
    values = _values(random.Random(seed), records)
    whole = pl.int_range(records).alias("_all")
    return pl.select(whole, **{name: values[name] for name in header.split()}).drop("_all")


def _values(rng: random.Random, records: int) -> dict[str, pl.Expr]:
    def drawn(below: int, least: int = 0) -> pl.Series:
        bits = pa.Array.from_buffers(
            pa.uint32(), records, [None, pa.py_buffer(rng.randbytes(4 * records))]
        )
        return pl.Series(pl.from_arrow(bits)) % below + least

    def chosen(*values: str) -> pl.Expr:
        return pl.lit(pl.Series(values).gather(drawn(len(values))))

    def address() -> pl.Expr:
        return pl.format("10.0.{}.{}", pl.lit(drawn(16)), pl.lit(drawn(256)))

    source, target = address(), address()
    start = START + pl.int_range(records, dtype=pl.Int64()) * 3600 // records
    interfaces = [f"eni-{number:017x}" for number in range(200)]
    return {name: pl.lit(value) for name, value in _SAME.items()} | {
        "interface-id": chosen(*interfaces),
        "srcaddr": source,
        "dstaddr": target,
        "srcport": pl.lit(drawn(64_512, 1024)),
        "dstport": chosen("443", "5432", "53", "8080"),
        "protocol": chosen("6", "6", "6", "17"),
        "packets": pl.lit(drawn(399, 1)),
        "bytes": pl.lit(drawn(399_960, 40)),
        "start": start,
        "end": start + 60,
        "action": chosen("ACCEPT", "ACCEPT", "ACCEPT", "REJECT"),
        "subnet-id": chosen(*(f"subnet-{number:017x}" for number in range(4))),
        "tcp-flags": chosen("2", "3", "18", "19", "0"),
        "pkt-srcaddr": source,
        "pkt-dstaddr": target,
        "flow-direction": chosen("ingress", "egress"),
    }
