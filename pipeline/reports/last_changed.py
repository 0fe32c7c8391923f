"""When something was last changed, and by whom: in the words of all that tells it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pipeline.reports.documents import iso


def last_changed(change: Mapping[str, Any], moment: Callable[[datetime], str] = iso) -> str:
    """Say when an element was changed: by an event, or as the snapshots that saw it have it.

    `change` is a row of queries/explain/last_changes.sql, `moment` how a time is written.
    """
    if change["event"]:
        return authored(change["event"], moment)
    return f"before {moment(change['seen'])}, as the snapshots have it"


def authored(event: Mapping[str, Any], moment: Callable[[datetime], str] = iso) -> str:
    """Say when an event of CloudTrail was, who made it, and by which call."""
    who = event["principal"] or "somebody unnamed"
    return f"at {moment(event['event_time'])} by {who} ({event['event_name']})"
