"""Security Lake: VPC flow logs that were made OCSF, mapped back to the fields that they had.

AWS names the mappings that it makes them by: OCSF 1.0.0-rc.2 is source version 1, 1.1.0 version 2.
https://docs.aws.amazon.com/security-lake/latest/userguide/vpc-flow-logs.html
https://github.com/ocsf/examples/tree/main/mappings/markdown/AWS/v1.1.0/VPC%20Flowlogs
"""

import re
from collections.abc import Iterator, Set
from datetime import datetime
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.records import columns, drift, parquet
from pipeline.records.columns import Columns
from pipeline.records.content import Content
from pipeline.records.layout import NAME

# https://schema.ocsf.io/1.1.0/classes/network_activity
_NETWORK_ACTIVITY = 4001
_CLASS = "class_uid"
_PRODUCT, _FEATURE = "metadata.product.name", "metadata.product.feature.name"
# https://docs.aws.amazon.com/security-lake/latest/userguide/open-cybersecurity-schema-framework.html
_FLOW_LOGS = ("Amazon VPC", "Flowlogs")
# Where each field stands, in 1.1.0 and in 1.0.0-rc.2; the first that a file fills is read.
_FIELDS = {
    "version": ("metadata.product.version",),
    "account-id": ("cloud.account.uid", "cloud.account_uid", "cloud.account.uuid"),
    "srcport": ("src_endpoint.port",),
    "dstport": ("dst_endpoint.port",),
    "protocol": ("connection_info.protocol_num",),
    "packets": ("traffic.packets",),
    "bytes": ("traffic.bytes",),
    "start": ("start_time_dt", "start_time", "time_dt", "time"),
    "end": ("end_time_dt", "end_time"),
    "log-status": ("status_code",),
    "tcp-flags": ("connection_info.tcp_flags",),
    "type": ("connection_info.protocol_ver",),
    "pkt-srcaddr": ("src_endpoint.ip",),
    "pkt-dstaddr": ("dst_endpoint.ip",),
    "region": ("cloud.region",),
    "az-id": ("cloud.zone",),
    "pkt-src-aws-service": ("src_endpoint.svc_name",),
    "pkt-dst-aws-service": ("dst_endpoint.svc_name",),
}
# What is said by a number and, for what the number cannot say, by a text beside it. OCSF's
# boundaries 4 to 11 are defined in the words of AWS's traffic paths 1 to 8.
_CODES: dict[str, tuple[tuple[tuple[str, str], ...], dict[int, str]]] = {
    "action": (
        (("action_id", "action"), ("disposition_id", "disposition")),
        {1: "ACCEPT", 2: "REJECT"},
    ),
    "flow-direction": (
        (("connection_info.direction_id", "connection_info.direction"),),
        {1: "ingress", 2: "egress"},
    ),
    "traffic-path": (
        (("connection_info.boundary_id", "connection_info.boundary"),),
        {path + 3: str(path) for path in range(1, 9)},
    ),
}
# A code says no more than this where there was nothing to say: unknown, other.
_NO_CODES = (0, 99)
_NO_TEXTS = ("-", "", "Unknown", "Other")
# What is known of the interface alone stands on its side: the destination's for what comes in.
_INTERFACE = {
    "interface-id": "interface_uid",
    "vpc-id": "vpc_uid",
    "subnet-id": "subnet_uid",
    "instance-id": "instance_uid",
}
_SIDES = {"src_endpoint": "egress", "dst_endpoint": "ingress"}
_ADDRESSES = {"src_endpoint": "srcaddr", "dst_endpoint": "dstaddr"}
_OURS = {*_FIELDS, *_CODES, *_INTERFACE, *_ADDRESSES.values()}
# So many events are mapped at once, which bounds the memory that it takes.
_SLICE_ROWS = 100_000
_TOLD = "is_flow_log"
# Far more than there are fields that OCSF has no place for.
_MOST_UNMAPPED = 100


def is_ocsf(data: bytes) -> bool:
    """Tell OCSF by the columns that each of its network events has."""
    try:
        return {_CLASS, "metadata", "src_endpoint"} <= set(parquet.names(data))
    except ValueError:
        return False


def read(file: Content, now: datetime) -> Columns:
    """Return the records that OCSF events were made of; an event of another kind is rejected.

    Raises ValueError where the file is damaged or holds no VPC flow log at all.
    """
    table = parquet.table(file.data, _paths())
    if len(set(table.column_names)) < table.num_columns:
        raise ValueError("is OCSF with several columns of one name: write it anew")
    filled, unmapped = _paths_filled(table), _unmapped(table)
    starts = range(0, max(table.num_rows, 1), _SLICE_ROWS)
    slices = (table.slice(start, _SLICE_ROWS) for start in starts)
    mapped = pl.concat(_mapped(one, filled, unmapped) for one in slices)
    rows, ours = parquet.placed(_filled(mapped), file).drop(_TOLD, strict=False), mapped[_TOLD]
    if set(rows.columns) <= set(columns.PLACE):
        raise ValueError("is OCSF, but no VPC flow log: it has none of its fields")
    if not ours.any() and rows.height:
        told = _described(_leaves(table.slice(0, 1)))
        raise ValueError(f"is OCSF, but no VPC flow log: it holds {told}")
    if ours.all():
        return Columns(file.object_id, rows)
    return Columns(file.object_id, rows.filter(ours), _others(rows.filter(~ours)))


def _mapped(table: pa.Table, filled: Set[str], unmapped: dict[Any, str]) -> pl.DataFrame:
    """Return what some events say, under the names of fields, and whether they are flow logs."""
    given = _leaves(table)
    ours = given.select(_is_flow_log(given).alias(_TOLD)).to_series()
    known = pl.DataFrame([ours, *_known(given, filled), *_looked_up(table, unmapped)])
    return known.with_columns(_interface(given, known))


def _paths() -> list[str]:
    """Return all that is read of an event, which leaves out what says a field again."""
    ends = [*_INTERFACE.values(), "intermediate_ips"]
    coded = (path for pairs, _ in _CODES.values() for pair in pairs for path in pair)
    fields = (path for paths in _FIELDS.values() for path in paths)
    sides = (f"{side}.{end}" for side in _SIDES for end in ends)
    return [_CLASS, _PRODUCT, _FEATURE, *fields, *coded, *sides, "unmapped"]


def _paths_filled(table: pa.Table) -> Set[str]:
    """Return the paths that lead to a value in any event."""
    found = {path: _leaf(table, path) for paths in _FIELDS.values() for path in paths}
    return {
        path
        for path, column in found.items()
        if column is not None and column.null_count < len(column)
    }


def _leaves(table: pa.Table) -> pl.DataFrame:
    """Return what the paths lead to, a column each, of those that the file has."""
    found = {path: _leaf(table, path) for path in _paths() if path != "unmapped"}
    plain = {
        path: _lists(path, column) if path.endswith("_ips") else drift.plain(path, column)
        for path, column in found.items()
        if column is not None
    }
    return pl.DataFrame(pa.table(plain))


def _leaf(table: pa.Table, path: str) -> pa.ChunkedArray | None:
    first, *rest = path.split(".")
    column = table.column(first) if first in table.column_names else None
    for part in rest:
        if column is None or not pa.types.is_struct(column.type):
            return None
        if column.type.get_field_index(part) < 0:
            return None
        column = pc.struct_field(column, part)
    return column


def _lists(path: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return drift.checked(path, column.cast(pa.large_list(pa.large_string())))
    except pa.ArrowException as error:
        raise ValueError(f"its column {path} is {column.type}, which is no flow log's") from error


def _known(given: pl.DataFrame, filled: Set[str]) -> list[pl.Series]:
    """Return the fields that stand in one place, those that codes say, and the addresses."""
    found = []
    for name, paths in _FIELDS.items():
        there = [path for path in paths if path in given.columns]
        first = [path for path in there if path in filled] or there
        found += [given[path].alias(name) for path in first[:1]]
    coded = [column for name in _CODES for column in _coded(given, name)]
    addresses = [column for side in _ADDRESSES for column in _address(given, side)]
    return [*found, *coded, *addresses]


def _coded(given: pl.DataFrame, name: str) -> list[pl.Series]:
    """Return a field that a code says, and what else the code or the text beside it says."""
    pairs, meaning = _CODES[name]
    there = [(code, text) for code, text in pairs if code in given.columns]
    if not there:
        return []
    code, text = there[0]
    number = pl.col(code).cast(pl.Int64(), strict=False)
    beside = pl.col(text).cast(pl.String()) if text in given.columns else pl.lit(None, pl.String())
    said = pl.when(~beside.is_in(_NO_TEXTS)).then(beside)
    silent = number.is_in([*_NO_CODES, *meaning])
    left = pl.when(~number.is_in(list(meaning)).fill_null(False)).then(
        pl.coalesce(said, pl.when(~silent).then(pl.col(code).cast(pl.String())))
    )
    value = number.replace_strict(meaning, default=None, return_dtype=pl.String())
    return given.select(value.alias(name), left.alias(code)).get_columns()


def _address(given: pl.DataFrame, side: str) -> list[pl.Series]:
    """Return the interface's address: it is the packet's own unless one stands between.

    Where several stand between, none of them is known to be the interface's.
    """
    packet, between = f"{side}.ip", f"{side}.intermediate_ips"
    if packet not in given.columns:
        return []
    address = pl.col(packet).cast(pl.String())
    if between not in given.columns:
        return given.select(address.alias(_ADDRESSES[side])).get_columns()
    count = pl.col(between).list.len().fill_null(0)
    first = pl.col(between).list.get(0, null_on_oob=True)
    return given.select(
        pl.when(count == 0).then(address).when(count == 1).then(first).alias(_ADDRESSES[side]),
        pl.when(count > 1).then(pl.col(between).list.join(",", ignore_nulls=True)).alias(between),
    ).get_columns()


def _interface(given: pl.DataFrame, known: pl.DataFrame) -> list[pl.Expr]:
    """Return the interface's ids from its side, and what stands on the other one."""
    found = []
    seen = "flow-direction" in known.columns
    told = pl.col("flow-direction") if seen else pl.lit(None, pl.String())
    for name, end in _INTERFACE.items():
        for side, direction in _SIDES.items():
            path = f"{side}.{end}"
            if path in given.columns:
                here = told.eq_missing(direction)
                value = pl.lit(given[path])
                found.append((name, pl.when(here).then(value)))
                found.append((path, pl.when(~here & ~value.is_in(["-", ""])).then(value)))
    names = dict.fromkeys(name for name, _ in found)
    return [pl.coalesce(value for to, value in found if to == name).alias(name) for name in names]


def _filled(rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out what an event could say beside the fields, where none says it."""
    beside = [name for name in rows.columns if not re.fullmatch(NAME, name)]
    return rows.drop(name for name in beside if rows[name].null_count() == rows.height)


def _unmapped(table: pa.Table) -> dict[Any, str]:
    """Return the keys of what OCSF has no place for, and the fields that they are.

    Raises ValueError where that is no map of fields.
    """
    if "unmapped" not in table.column_names or pa.types.is_null(table["unmapped"].type):
        return {}
    given = table["unmapped"]
    if not pa.types.is_map(given.type):
        raise ValueError(f"its column unmapped is {given.type}, which is no flow log's")
    keys = pc.unique(pa.chunked_array([part.keys for part in given.chunks], given.type.key_type))
    if len(keys) > _MOST_UNMAPPED:
        raise ValueError(f"its column unmapped has {len(keys):,} keys, which are no fields")
    found: dict[Any, str] = {}
    for key in keys.to_pylist():
        (name,) = columns.field_names([str(key)])
        if not re.fullmatch(NAME, name) or name in found.values():
            raise ValueError(
                f"its column unmapped has the key {str(key)[:80]!r}, which is no field"
            )
        found[key] = name
    return found


def _looked_up(table: pa.Table, unmapped: dict[Any, str]) -> Iterator[pl.Series]:
    """Yield what is unmapped: under its own name, or `unmapped.` where that is taken."""
    for key, name in unmapped.items():
        column = pc.map_lookup(table["unmapped"], key, "first")
        plain = drift.plain(f"unmapped.{name}", column)
        yield pl.Series(f"unmapped.{name}" if name in _OURS else name, plain)


def _is_flow_log(given: pl.DataFrame) -> pl.Expr:
    wanted = dict(zip((_PRODUCT, _FEATURE), _FLOW_LOGS, strict=True))
    there = (
        pl.col(path).cast(pl.String()) == name if path in given.columns else pl.lit(False)
        for path, name in wanted.items()
    )
    number = pl.col(_CLASS).cast(pl.Int64(), strict=False)
    return pl.all_horizontal(number == _NETWORK_ACTIVITY, *there).fill_null(False)


def _described(given: pl.DataFrame) -> str:
    told = [path for path in (_CLASS, _PRODUCT, _FEATURE) if path in given.columns]
    first = (f"{name} {value}" for name, value in given.select(told).row(0, named=True).items())
    return " ".join(", ".join(first).split())[:200]


def _others(rows: pl.DataFrame) -> pl.DataFrame | None:
    """Return events of another kind as rejected lines, with what of them would be a record."""
    names = [name for name in rows.columns if name not in columns.PLACE]
    text = pl.struct(names).struct.json_encode()
    lines = rows.with_columns(reason=pl.lit("is OCSF, but no VPC flow log"), text=text)
    return lines.select("object_id", "line_number", "reason", "text") if rows.height else None
