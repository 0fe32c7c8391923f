"""What stands behind an interface, told from its type and description."""

import json
from datetime import UTC, datetime

import pytest

from pipeline import api
from pipeline.config import Settings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SERVICES = {
    "nat-gateway": {"InterfaceType": "nat_gateway"},
    "vpc-endpoint": {"InterfaceType": "vpc_endpoint", "Description": "VPC Endpoint Interface v"},
    "made-tomorrow": {"InterfaceType": "made_tomorrow"},
    "application-load-balancer": {"Description": "ELB app/shop/50dc6c495c0c9188"},
    "classic-load-balancer": {"Description": "ELB shop"},
    "rds": {"Description": "RDSNetworkInterface", "RequesterManaged": True},
    "lambda": {"Description": "AWS Lambda VPC ENI-shop-2f2c"},
    "ecs-task": {"Description": "arn:aws:ecs:eu-west-1:1:attachment/a", "InterfaceType": "branch"},
    "pod-or-task": {"InterfaceType": "branch"},
    "instance": {"Attachment": {"InstanceId": "i-1"}, "Description": "Primary"},
    "aws-service": {"RequesterManaged": True},
    None: {"Description": "made by hand"},
}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("services")
    place = folder / "dump" / "accounts" / "111111111111" / "eu-west-1"
    place.mkdir(parents=True)
    interfaces = [
        {"NetworkInterfaceId": f"eni-{name}", "InterfaceType": "interface"} | more
        for name, more in SERVICES.items()
    ]
    (place / "x.json").write_text(json.dumps({"NetworkInterfaces": interfaces}))
    settings = Settings(folder / "lake")
    api.load_snapshot(folder / "dump", NOON, settings)
    rows = api.sql("from interface_services", settings).to_pylist()
    return {row["interface_id"]: row["service"] for row in rows}


@pytest.mark.parametrize("service", SERVICES, ids=str)
def test_the_service_behind_an_interface(told, service) -> None:
    assert told[f"eni-{service}"] == service
