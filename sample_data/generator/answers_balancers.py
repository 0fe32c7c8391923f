"""Load balancers and their listeners as the AWS CLI lists them."""

from typing import NamedTuple

from .answers_network import Json
from .ids import CREATED, aws_id, digest
from .organisation import SUBNETS, Vpc, vpc_of, zone_of


class Balancer(NamedTuple):
    """An Application Load Balancer within a VPC, and the ports that it listens on."""

    name: str
    subnets: tuple[str, ...]
    ports: tuple[int, ...]

    @property
    def vpc(self) -> Vpc:
        return vpc_of(self.name)

    @property
    def arn(self) -> str:
        vpc, name = self.vpc, f"app/{self.name}/{digest(self.name, 16)}"
        return f"arn:aws:elasticloadbalancing:{vpc.region}:{vpc.account}:loadbalancer/{name}"


# Of the others nobody listed what they listen on.
BALANCERS = [Balancer("depot-alb", ("depot-app-a",), (443,))]


def balancer_json(balancer: Balancer) -> Json:
    vpc = balancer.vpc
    zones = [
        {"ZoneName": vpc.region + zone_of(name), "SubnetId": aws_id("subnet", name)}
        for name in balancer.subnets
        if name in SUBNETS
    ]
    return {
        "LoadBalancerArn": balancer.arn,
        "DNSName": f"internal-{balancer.name}-1402337.{vpc.region}.elb.amazonaws.com",
        "CreatedTime": CREATED,
        "LoadBalancerName": balancer.name,
        "Scheme": "internal",
        "VpcId": aws_id("vpc", vpc.name),
        "State": {"Code": "active"},
        "Type": "application",
        "AvailabilityZones": [zone | {"LoadBalancerAddresses": []} for zone in zones],
        "SecurityGroups": [aws_id("sg", balancer.name)],
        "IpAddressType": "ipv4",
    }


def listener_json(balancer: Balancer, port: int) -> Json:
    arn = balancer.arn.replace(":loadbalancer/", ":listener/")
    return {
        "ListenerArn": f"{arn}/{digest(f'{balancer.name}/{port}', 16)}",
        "LoadBalancerArn": balancer.arn,
        "Port": port,
        "Protocol": "HTTPS",
        "DefaultActions": [{"Type": "fixed-response", "Order": 1}],
    }
