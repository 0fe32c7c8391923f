"""Records inside something else: subscription envelopes, Firehose's JSON, CloudWatch's exports.

Each is unwrapped to the lines it holds, with the time and id of each line's event; the lines are
then read as any text without a header.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from pipeline.records.content import Content
from pipeline.records.settle import span

# 2025-01-03T16:39:33.000Z 2 047615872826 eni-... as an export task writes it.
_STAMP = r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) "
_STAMP_LENGTH = len("2025-01-03T16:39:33.000Z ")
_EVENT = pl.Struct({"id": pl.String, "timestamp": pl.Int64, "message": pl.String})
_GROUP = {"owner": pl.String(), "logGroup": pl.String()}
_DOCUMENT = {
    "messageType": pl.String(),
    "message": pl.String(),
    "logEvents": pl.List(_EVENT),
    **_GROUP,
}
_TOLD = pl.Struct([*_EVENT.fields, pl.Field("is_one", pl.Boolean)])
# What is left of a document that cannot be read is kept as one rejected line, as far as this.
_KEPT = 10_000
# An object with more documents than this that are no events is none of what is read here.
_MOST_ODD = 10_000
_WORD = re.compile(r"\S")


def kind(data: bytes) -> str | None:
    """Tell by its beginning what an object's lines are wrapped in; None where in nothing."""
    if re.match(_STAMP.encode(), data):
        return "export"
    return "envelope" if re.match(rb"\s*\{", data) else None


def exported(content: Content, now: datetime) -> Content:
    """Take the time off the front of each line of an export task's object."""
    text = content.data.decode("utf-8", errors="replace").removesuffix("\n")
    lines = pl.select(line=pl.lit(text).str.split("\n")).explode("line", empty_as_null=False)
    stamp = pl.col("line").str.extract(_STAMP)
    bare = pl.when(stamp.is_null()).then("line").otherwise(pl.col("line").str.slice(_STAMP_LENGTH))
    rows = lines.select(
        id=pl.lit(None, pl.String()),
        timestamp=stamp.str.to_datetime(time_zone="UTC", strict=False).dt.epoch("ms"),
        message=bare,
        line_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64()),
    )
    return unwrapped(content, rows, now, 0)


def enveloped(content: Content, now: datetime) -> Content:
    """Take the messages out of JSON documents that follow each other, with or without a newline.

    They are a subscription's DATA_MESSAGE, Firehose's `{"message": ...}`, or the answer of
    `aws logs filter-log-events`; a CONTROL_MESSAGE is skipped and counted. What is none of these
    stands as a line of its own, to be rejected.
    """
    documents = _quickly(content.data)
    if documents is None:
        documents = _answered(content.data)
    if documents is None:
        schema = {"control": pl.Boolean(), "events": pl.List(_TOLD), **_GROUP}
        documents = pl.DataFrame([*_slowly(content.data)], schema=schema, orient="row")
    rows = (
        documents.select("control", "events")
        .explode("events", empty_as_null=False)
        .unnest("events")
        .with_columns(line_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64()))
    )
    told = rows.filter(~pl.col("control"))
    records = told.filter("is_one") if "is_one" in told.columns else told
    groups = documents.filter(pl.col("logGroup").is_not_null()).select(*_GROUP).unique()
    named = frozenset((owner, None, group) for owner, group in groups.iter_rows())
    within = replace(content, log_groups=content.log_groups | named)
    found = unwrapped(within, records, now, rows.height - told.height)
    return replace(found, rejected=_none(content, told)) if told.height > records.height else found


def _none(content: Content, told: pl.DataFrame) -> pl.DataFrame:
    """Return what is no event as rejected lines."""
    return told.filter(~pl.col("is_one")).select(
        "line_number",
        object_id=pl.lit(content.object_id),
        reason=pl.lit("is no log event of CloudWatch, and no message of Firehose"),
        text="message",
        event_id="id",
    )


def unwrapped(content: Content, rows: pl.DataFrame, now: datetime, skipped: int) -> Content:
    """Put messages below each other, a line each; a newline inside one is shown as \\n.

    `rows` are line_number, id, timestamp (milliseconds) and message.
    """
    line = pl.col("message").str.strip_chars_end("\r\n").str.replace_all("\n", "\\n", literal=True)
    text = rows.select(line.str.join("\n")).item()
    earliest, latest = (int(edge.timestamp() * 1000) for edge in span(now))
    time = pl.when(pl.col("timestamp").is_between(earliest, latest)).then("timestamp")
    events = rows.select(
        "line_number",
        event_id=pl.when(pl.col("id") != "").then("id"),
        event_time=pl.from_epoch(time, "ms").dt.cast_time_unit("us").dt.replace_time_zone("UTC"),
    )
    data = f"{text}\n".encode() if rows.height else b""
    return replace(content, data=data, events=events, skipped=skipped)


def _quickly(data: bytes) -> pl.DataFrame | None:
    """Read documents of the common forms in columns; None where any needs a closer look."""
    try:
        read = pl.read_ndjson(data.replace(b"}{", b"}\n{"), schema=_DOCUMENT)
    except pl.exceptions.PolarsError:
        return None
    control = (pl.col("messageType") == "CONTROL_MESSAGE").fill_null(False)
    alone = pl.col("message").is_not_null() & pl.col("messageType").is_null()
    message = pl.when(alone).then("message")
    single = pl.struct(
        pl.lit(None, pl.String()).alias("id"),
        pl.lit(None, pl.Int64()).alias("timestamp"),
        message.alias("message"),
    )
    events = pl.when(control | alone).then(pl.concat_list(single)).otherwise("logEvents")
    documents = read.select(
        control.alias("control"),
        events.alias("events"),
        *_GROUP,
        sure=control | alone | (pl.col("messageType") == "DATA_MESSAGE").fill_null(False),
    )
    messages = documents.filter(~pl.col("control"))["events"].explode().struct.field("message")
    sure = documents["sure"].all() and documents["events"].null_count() == 0
    return documents.drop("sure") if sure and messages.null_count() == 0 else None


def _answered(data: bytes) -> pl.DataFrame | None:
    """Read one answer of `aws logs filter-log-events`, on one line or many; None if it is none."""
    listed = pl.Struct({"eventId": pl.String, "timestamp": pl.Int64, "message": pl.String})
    schema = {**_DOCUMENT, "events": pl.List(listed)}
    try:
        read = pl.read_json(io.BytesIO(data), schema=schema)
    except pl.exceptions.PolarsError:
        return None
    others = read.select(pl.col("message", "logEvents").is_not_null().any()).row(0)
    if read.height != 1 or any(others) or read["events"].null_count():
        return None
    events = read["events"].explode(empty_as_null=False).struct.unnest()
    if events["message"].null_count():
        return None
    named = events.rename({"eventId": "id"}).to_struct().implode()
    return read.select(pl.lit(False).alias("control"), pl.lit(named).alias("events"), *_GROUP)


def _slowly(data: bytes) -> Iterator[tuple[bool, list[dict[str, Any]], str | None, str | None]]:
    """Yield of each document whether it is a control message, its events, its owner and group.

    Raises ValueError where very many are none.
    """
    text = data.decode("utf-8", errors="replace")
    decoder, at, odd = json.JSONDecoder(), 0, 0
    while found := _WORD.search(text, at):
        try:
            document, at = decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            yield False, [_none_such(text[found.start() :])], None, None
            return
        told = document if isinstance(document, dict) else {}
        control = told.get("messageType") == "CONTROL_MESSAGE"
        events = [] if control else _listed(document)
        odd += sum(not _is_event(one) for one in events)
        if odd > _MOST_ODD:
            raise ValueError("is JSON, but no flow log: most of it is no log event of CloudWatch")
        owner, group = (
            value if isinstance(value := told.get(name), str) else None for name in _GROUP
        )
        yield control, [_event(one) for one in events or [{}] * control], owner, group


def _listed(document: Any) -> list[Any]:
    """Return a document's events: those it lists, or itself."""
    if isinstance(document, dict) and "message" not in document:
        for name in ("logEvents", "events"):
            if isinstance(document.get(name), list):
                return list(document[name])
    return [document]


def _is_event(one: Any) -> bool:
    return isinstance(one, dict) and one.get("message") is not None


def _event(one: Any) -> dict[str, Any]:
    """Return one event's id, time and message; what has no message is none."""
    if not _is_event(one):
        return _none_such(json.dumps(one))
    message, time = one["message"], one.get("timestamp")
    return {
        "id": str(one.get("id") or one.get("eventId") or "") or None,
        "timestamp": time if type(time) is int and abs(time) < 2**63 else None,
        "message": message if isinstance(message, str) else json.dumps(message),
        "is_one": True,
    }


def _none_such(text: str) -> dict[str, Any]:
    return {"id": None, "timestamp": None, "message": text[:_KEPT], "is_one": False}
