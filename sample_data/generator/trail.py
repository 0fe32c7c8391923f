"""CloudTrail's files: the calls behind what changed between the snapshots, and others beside them.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
"""

import json
from pathlib import Path
from typing import Any

from .ids import DATA, IRELAND, SHOP, aws_id, digest
from .interfaces import INTERFACES
from .logs import write_gzip

Json = dict[str, Any]

WAREHOUSE = aws_id("sg", "data-warehouse")
NEW_WEB = INTERFACES["shop-web-5"]
REPORTING = {
    "ipProtocol": "tcp",
    "fromPort": 5439,
    "toPort": 5439,
    "ipRanges": {"items": [{"cidrIp": "10.10.10.0/24"}]},
}
OTHER = REPORTING | {"fromPort": 5440, "toPort": 5440}
ERIN, SAM = "assumed-role/network-admin/erin", "assumed-role/developer/sam"


def write_trail(folder: Path) -> None:
    """One file an account; the rule of data-warehouse was removed at 23:58:41 by erin."""
    for account, events in {DATA: data_events(), SHOP: shop_events()}.items():
        name = f"{account}_CloudTrail_{IRELAND}_20260302T2359Z_{digest(account, 16)}.json.gz"
        path = folder / f"AWSLogs/{account}/CloudTrail/{IRELAND}/2026/03/02/{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_gzip(path, json.dumps({"Records": events}, separators=(",", ":")))


def data_events() -> list[Json]:
    rule = {"groupId": WAREHOUSE, "ipPermissions": {"items": [REPORTING]}}
    other = {"groupId": WAREHOUSE, "ipPermissions": {"items": [OTHER]}}
    refused = {"errorCode": "Client.UnauthorizedOperation", "errorMessage": "You are not allowed."}
    made = "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"
    return [
        event(DATA, "2026-03-02T09:12:05Z", made[1], SAM, rule, **refused),
        event(DATA, "2026-03-02T11:40:10Z", made[0], ERIN, other),
        event(DATA, "2026-03-02T11:52:33Z", made[1], ERIN, other),
        event(DATA, "2026-03-02T23:57:02Z", "DescribeSecurityGroups", ERIN, {}, readOnly=True),
        event(DATA, "2026-03-02T23:58:41Z", made[1], ERIN, rule),
        event(DATA, "2026-03-02T23:59:03Z", "PutObject", ERIN, {}, eventSource="s3.amazonaws.com"),
    ]


def shop_events() -> list[Json]:
    answer = {"networkInterface": {"networkInterfaceId": NEW_WEB.id}}
    asked = {"subnetId": aws_id("subnet", NEW_WEB.subnet)}
    scaling = "assumed-role/AWSServiceRoleForAutoScaling/AutoScaling"
    made = event(SHOP, "2026-03-02T18:03:20Z", "CreateNetworkInterface", scaling, asked)
    return [made | {"responseElements": answer, "sourceIPAddress": "autoscaling.amazonaws.com"}]


def event(account: str, time: str, name: str, who: str, asked: Json, **more: Any) -> Json:
    session = who.rpartition("/")[2]
    told: Json = {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROA{digest(who, 17).upper()}:{session}",
            "arn": f"arn:aws:sts::{account}:{who}",
            "accountId": account,
        },
        "eventTime": time,
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": IRELAND,
        "sourceIPAddress": "192.0.2.17",
        "userAgent": "aws-cli/2.27.1",
        "requestParameters": asked,
        "responseElements": {"_return": True},
        "requestID": uuid(f"request/{time}/{name}"),
        "eventID": uuid(f"event/{account}/{time}/{name}"),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
    return told | more


def uuid(text: str) -> str:
    made = digest(text, 32)
    return "-".join((made[:8], made[8:12], made[12:16], made[16:20], made[20:]))
