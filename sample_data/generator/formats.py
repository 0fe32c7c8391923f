"""The flow logs: which fields each VPC's log has, in which order, and where its files lie.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

from typing import NamedTuple

from .ids import aws_id
from .organisation import VPCS


def names(text: str) -> list[str]:
    return text.split()


V2 = names(
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
    "start end action log-status"
)
V3 = names("vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr")
V4 = names("region az-id sublocation-type sublocation-id")
V5 = names("pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path")
LEAN = names(
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
    "start end action tcp-flags log-status flow-direction pkt-srcaddr pkt-dstaddr"
)


class FlowLog(NamedTuple):
    """`interval` is the longest time of a record, in seconds; `subnet` is all that is logged."""

    vpc: str
    version: int
    fields: list[str]
    interval: int
    hive: bool = False
    subnet: str | None = None

    @property
    def id(self) -> str:
        return aws_id("fl", self.vpc)

    @property
    def log_format(self) -> str:
        return " ".join(f"${{{field}}}" for field in self.fields)

    def folder(self, year: str, month: str, day: str) -> str:
        """https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html"""
        vpc = VPCS[self.vpc]
        if not self.hive:
            return f"AWSLogs/{vpc.account}/vpcflowlogs/{vpc.region}/{year}/{month}/{day}"
        return (
            f"AWSLogs/aws-account-id={vpc.account}/aws-service=vpcflowlogs/"
            f"aws-region={vpc.region}/year={year}/month={month}/day={day}"
        )


FLOW_LOGS = {
    log.vpc: log
    for log in (
        FlowLog("shop", 2, V2, 600),
        FlowLog("data", 5, sorted(V2 + V3 + V4 + V5), 60),
        FlowLog("platform", 8, [*V2, *V3, *V4, *V5, "reject-reason"], 60, hive=True),
        FlowLog("us", 3, V2 + V3, 60),
        FlowLog("lab", 5, LEAN, 60),
        FlowLog("depot", 5, LEAN, 60),
        FlowLog("annex", 5, LEAN, 60, subnet="annex-app-a"),
        FlowLog("yard", 5, LEAN, 60, subnet="yard-app-a"),
    )
}
