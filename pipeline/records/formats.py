"""Which layouts the lines of an object without a header may have, and who says so.

A format is a property of the flow log and never changes: one is deleted and another one made. So
it is learnt from what describe-flow-logs answered, by the flow log's id, by where it delivers, and
by when it was there.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.records.content import Content, LogGroup
from pipeline.records.layout import Layout

# A record's time is that of its window, which may begin before the flow log was made.
_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class FlowLog:
    """What is known of a flow log: where it delivers, its layout, from when to when it was there.

    A log group is in the account and the Region named, which are its own where it has no group.
    `created` and `gone` are None where they are not known, or it is there still.
    """

    flow_log_id: str
    account_id: str
    region: str
    layout: Layout
    log_group: str | None = None
    delivery_stream: str | None = None
    created: datetime | None = None
    gone: datetime | None = None


def layouts(
    content: Content, declared: Sequence[Layout], flow_logs: Sequence[FlowLog]
) -> list[Layout]:
    """Return the layouts that the object's lines may have: those declared, else those learnt."""
    if declared:
        return list(declared)
    delivered = [one for one in flow_logs if _delivers(one, content) and _was_there(one, content)]
    return list(dict.fromkeys(one.layout for one in delivered))


def _delivers(flow_log: FlowLog, content: Content) -> bool:
    """Tell whether an object can hold a flow log's records, by what it says of where they went."""
    if content.flow_log_id is not None:
        return flow_log.flow_log_id == content.flow_log_id
    if flow_log.log_group is not None:
        return any(_is_its(flow_log, group) for group in content.log_groups)
    return (
        flow_log.delivery_stream is not None and flow_log.delivery_stream == content.delivery_stream
    )


def _is_its(flow_log: FlowLog, group: LogGroup) -> bool:
    """Tell whether a log group is where a flow log delivers, as far as it is told which it is."""
    account, region, name = group
    of_account = account in (None, flow_log.account_id)
    return of_account and region in (None, flow_log.region) and name == flow_log.log_group


def _was_there(flow_log: FlowLog, content: Content) -> bool:
    """Tell whether a flow log was there at some time of the events, where both are told."""
    times = content.times()
    if times is None:
        return True
    first, last = times
    made = flow_log.created is None or flow_log.created - _WINDOW <= last
    return made and (flow_log.gone is None or first <= flow_log.gone)
