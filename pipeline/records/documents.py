"""JSON documents that follow each other, to a row each: whether a control message, and its events.

They are a subscription's DATA_MESSAGE, Firehose's `{"message": ...}`, or the answer of
`aws logs filter-log-events`. A row has `control`, `events`, and the `owner` and `logGroup` that the
document names; each event id, timestamp, message, and `is_one`, which may be left out where all are
events.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
"""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from pipeline.records import slices

_LISTED_EVENT = {"eventId": pl.String(), "timestamp": pl.Int64(), "message": pl.String()}
_EVENT = pl.Struct({"id": pl.String, "timestamp": pl.Int64, "message": pl.String})
GROUP = {"owner": pl.String(), "logGroup": pl.String()}
_DOCUMENT = {
    "messageType": pl.String(),
    "message": pl.String(),
    "logEvents": pl.List(_EVENT),
    **GROUP,
}
_TOLD = pl.Struct([*_EVENT.fields, pl.Field("is_one", pl.Boolean)])
_READ = {"control": pl.Boolean(), "events": pl.List(_TOLD), **GROUP}
# What is left of a document that cannot be read is kept as one rejected line, as far as this.
_KEPT = 10_000
# An object with more documents than this that are no events is none of what is read here.
MOST_ODD = 10_000
TOO_ODD = "is JSON, but no flow log: most of it is no log event of CloudWatch"
_WORD = re.compile(r"\S")
_BETWEEN = re.compile(rb"\}\s*\{")
_NEXT_EVENT = re.compile(rb"\}\s*,\s*\{")
_LISTED = re.compile(rb'\s*\{\s*"events"\s*:\s*\[')
# Half of a character, which UTF-8 cannot hold by itself: polars makes a NUL of it.
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
# Where documents or events end is looked for in the last bytes of a piece first.
_NEAR = 1024 * 1024


def read(data: bytes) -> Iterator[pl.DataFrame]:
    """Read documents piece by piece.

    Raises ValueError where very many of them are none.
    """
    return slices.pieces(data, 0, _after_document, _documents, _odd_documents)


def answered(data: bytes) -> Iterator[pl.DataFrame]:
    """Read one long answer of `aws logs filter-log-events` by pieces of its list.

    Raises EOFError where it is none, or anything about it is odd.
    """
    head = _LISTED.match(data)
    if head is None or head.end() == len(data):
        raise EOFError
    return slices.pieces(data, head.end(), _after_event, _events, _odd_events)


def _after_document(data: bytes, begin: int, size: int) -> int:
    """Return where the last document ends that does so within so many bytes, else the first.

    In a text may stand what looks like an end; whether it is one shows when the piece is read.
    """
    return _last(_BETWEEN, data, begin, begin + size)


def _after_event(data: bytes, begin: int, size: int) -> int:
    return _last(_NEXT_EVENT, data, begin, begin + size)


def _last(border: re.Pattern[bytes], data: bytes, begin: int, end: int) -> int:
    if end >= len(data):
        return len(data)
    near = [*border.finditer(data, max(begin, end - _NEAR), end)]
    found = near or [*border.finditer(data, begin, end)]
    last = found[-1] if found else border.search(data, begin)
    return len(data) if last is None else last.end() - 1


def _documents(data: bytes, begin: int, end: int) -> tuple[pl.DataFrame, int] | None:
    piece = data[begin:end]
    documents = quickly(piece)
    if documents is None:
        documents = answer(piece)
    return None if documents is None else (documents, end)


def _odd_documents(data: bytes, begin: int, end: int) -> pl.DataFrame | None:
    try:
        rows = [*slowly(data[begin:end], end == len(data))]
    except EOFError:
        return None
    return pl.DataFrame(rows, schema=_READ, orient="row")


def _events(data: bytes, begin: int, end: int) -> tuple[pl.DataFrame, int] | None:
    piece = data[begin:end]
    if end < len(data):
        documents = _within_list(b"[" + piece.rstrip(b" \r\n\t,") + b"]")
    else:
        documents = answer(b'{"events":[' + piece)
    return None if documents is None else (documents, end)


def _within_list(piece: bytes) -> pl.DataFrame | None:
    """Read events of an answer whose list goes on behind them; None where it does not."""
    try:
        events = (
            None if _HALF.search(piece) else pl.read_json(io.BytesIO(piece), schema=_LISTED_EVENT)
        )
    except pl.exceptions.PolarsError:
        return None
    return None if events is None else _one_document(events, pl.DataFrame([{}], schema=GROUP))


def _one_document(events: pl.DataFrame, group: pl.DataFrame) -> pl.DataFrame | None:
    """Return a document of listed events; None where one has no message."""
    if events["message"].null_count():
        return None
    named = events.rename({"eventId": "id"}).to_struct().implode()
    return group.select(pl.lit(False).alias("control"), pl.lit(named).alias("events"), *GROUP)


def _odd_events(data: bytes, begin: int, end: int) -> pl.DataFrame | None:
    raise EOFError


def quickly(data: bytes) -> pl.DataFrame | None:
    """Read documents of the common forms in columns; None where any needs a closer look."""
    if _HALF.search(data):
        return None
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
        *GROUP,
        sure=control | alone | (pl.col("messageType") == "DATA_MESSAGE").fill_null(False),
    )
    messages = documents.filter(~pl.col("control"))["events"].explode().struct.field("message")
    sure = documents["sure"].all() and documents["events"].null_count() == 0
    return documents.drop("sure") if sure and messages.null_count() == 0 else None


def answer(data: bytes) -> pl.DataFrame | None:
    """Read one answer of `aws logs filter-log-events`, on one line or many; None if it is none."""
    if _HALF.search(data):
        return None
    try:
        schema = {**_DOCUMENT, "events": pl.List(pl.Struct(_LISTED_EVENT))}
        read = pl.read_json(io.BytesIO(data), schema=schema)
    except pl.exceptions.PolarsError:
        return None
    others = read.select(pl.col("message", "messageType", "logEvents").is_not_null().any()).row(0)
    if read.height != 1 or any(others) or read["events"].null_count():
        return None
    return _one_document(read["events"].explode(empty_as_null=False).struct.unnest(), read)


def slowly(
    data: bytes, last: bool = True
) -> Iterator[tuple[bool, list[dict[str, Any]], str | None, str | None]]:
    """Yield of each document whether it is a control message, its events, its owner and group.

    Raises ValueError where very many are none, and EOFError where one does not end in what is not
    the `last` of the data.
    """
    text = data.decode("utf-8", errors="replace")
    decoder, at, odd = json.JSONDecoder(), 0, 0
    while found := _WORD.search(text, at):
        try:
            document, at = decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            if not last:
                raise EOFError from None
            yield False, [_none_such(text[found.start() :])], None, None
            return
        told = document if isinstance(document, dict) else {}
        control = told.get("messageType") == "CONTROL_MESSAGE"
        events = [] if control else _listed(document)
        odd += sum(not _is_event(one) for one in events)
        if odd > MOST_ODD:
            raise ValueError(TOO_ODD)
        owner, group = (
            _whole(value) if isinstance(value := told.get(name), str) else None for name in GROUP
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
        "id": _whole(str(one.get("id") or one.get("eventId") or "")) or None,
        "timestamp": time if type(time) is int and abs(time) < 2**63 else None,
        "message": _whole(message) if isinstance(message, str) else json.dumps(message),
        "is_one": True,
    }


def _whole(text: str) -> str:
    """Return a text as UTF-8 can hold it: with a question mark for half of a character."""
    return text.encode(errors="replace").decode()


def _none_such(text: str) -> dict[str, Any]:
    return {"id": None, "timestamp": None, "message": text[:_KEPT], "is_one": False}
