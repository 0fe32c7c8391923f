"""What the lake has learnt from describe-flow-logs: whose records have which format."""

import re

import polars as pl

from pipeline.errors import BadInput
from pipeline.lake import reading
from pipeline.lake.catalog import Lake
from pipeline.records.formats import FlowLog
from pipeline.records.layout import Layout, declared

_STREAM = re.compile(r"arn:[^:]*:firehose:[^:]*:[^:]*:deliverystream/(.+)")
_GROUP = re.compile(r"arn:[^:]*:logs:([^:]*):([^:]*):log-group:([^:]+)(?::\*)?")


def learnt(lake: Lake) -> list[FlowLog]:
    """Return the flow logs that were ever observed; a format that cannot be read is passed over."""
    seen = reading.rows(lake, "flow_logs").sort("valid_from")
    over_time = seen.group_by("flow_log_id", maintain_order=True).agg(
        pl.col("account_id", "region", "log_destination", "log_group_name", "log_format").last(),
        pl.col("creation_time").min(),
        pl.when(pl.col("valid_to").is_not_null().all()).then(pl.col("valid_to").max()),
    )
    rows = ((row, _layout(row["log_format"])) for row in over_time.iter_rows(named=True))
    return [_flow_log(row, layout) for row, layout in rows if layout is not None]


def _flow_log(row: dict[str, object], layout: Layout) -> FlowLog:
    destination = str(row["log_destination"] or "")
    stream, group = _STREAM.fullmatch(destination), _GROUP.fullmatch(destination)
    return FlowLog(
        flow_log_id=str(row["flow_log_id"]),
        account_id=(group and group[2]) or str(row["account_id"]),
        region=(group and group[1]) or str(row["region"]),
        layout=layout,
        log_group=group[3] if group else _text(row["log_group_name"]),
        delivery_stream=stream[1] if stream else None,
        created=row["creation_time"],  # type: ignore[arg-type]
        gone=row["valid_to"],  # type: ignore[arg-type]
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _layout(log_format: object) -> Layout | None:
    """Return the layout of a LogFormat; answers of old have none, and mean the default one."""
    try:
        return declared(_text(log_format) or "default")
    except BadInput:
        return None
