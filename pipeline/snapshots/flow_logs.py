"""The flow logs of an account and Region, asked for live: what tells the format of their records.

A flow log that was deleted is described no more, so what was seen of it is kept.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeFlowLogs.html
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.lake.calls import CALLS
from pipeline.snapshots.answers import Answer
from pipeline.snapshots.load import Loaded, observed
from pipeline.sources import aws
from pipeline.sources.access import Access

(_CALL,) = (call for call in CALLS if call.name == "describe-flow-logs")


def describe(access: Access, region: str | None, at: datetime) -> Loaded:
    """Ask for all flow logs of a Region, as observed at `at`. Raises SourceProblem."""
    ec2, sts = aws.client(access, "ec2", region), aws.client(access, "sts", region)
    here = ec2.meta.region_name
    with aws.told(f"the flow logs' formats in {here}, asked for {access.way()}"):
        account = sts.get_caller_identity()["Account"]
        pages = ec2.get_paginator("describe_flow_logs").paginate()
        objects = [_as_cli(one) for page in pages for one in page["FlowLogs"]]
    where = Path(_CALL.name)
    answer = Answer(where, _CALL, account, here, None, objects)
    return observed([answer], at)


def _as_cli(flow_log: dict[str, Any]) -> dict[str, Any]:
    """Write times as the AWS CLI does, so that both ways give the same rows."""
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in flow_log.items()
    }
