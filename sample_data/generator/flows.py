"""Who talks with whom on an ordinary day, and how often."""

from typing import NamedTuple

from .outside import BUCKET, CONTROL_PLANE, GITHUB, PAYMENTS


class Flow(NamedTuple):
    """So many connections a day; `client` may be `visitors`, `server` a public address."""

    client: str
    server: str
    port: int
    daily: int
    protocol: int = 6
    days: tuple[int, ...] = (2, 3)
    pod: str | None = None
    target_pod: str | None = None
    first_hour: int = 0


def udp(client: str, server: str, port: int, daily: int) -> Flow:
    return Flow(client, server, port, daily, 17)


FLOWS = (
    Flow("visitors", "shop-alb-a", 443, 420),
    Flow("visitors", "shop-alb-b", 443, 380),
    Flow("shop-alb-a", "shop-web-1", 8080, 150),
    Flow("shop-alb-a", "shop-web-4", 8080, 130),
    Flow("shop-alb-b", "shop-web-2", 8080, 150),
    Flow("shop-alb-b", "shop-web-3", 8080, 130),
    Flow("shop-alb-b", "shop-web-5", 8080, 90, days=(3,), first_hour=5),
    Flow("shop-web-1", "shop-orders-1", 8080, 70),
    Flow("shop-web-2", "shop-orders-2", 8080, 60),
    Flow("shop-web-3", "shop-orders-4", 8080, 50),
    Flow("shop-web-4", "shop-orders-3", 8080, 50),
    Flow("shop-web-1", "shop-redis-1", 6379, 60),
    Flow("shop-web-2", "shop-redis-2", 6379, 60),
    Flow("shop-web-2", "shop-search-1", 9200, 40),
    Flow("shop-orders-1", "shop-rds-1", 5432, 60),
    Flow("shop-worker-2", "shop-rds-1", 5432, 40),
    Flow("shop-orders-1", "data-rds-orders", 5432, 60),
    Flow("shop-orders-3", "data-rds-orders", 5432, 40),
    Flow("shop-web-1", "data-api-1", 8443, 40),
    Flow("shop-report-1", "data-warehouse-1", 5439, 40, days=(2,)),
    Flow("shop-orders-2", PAYMENTS, 443, 40),
    Flow("shop-worker-1", BUCKET, 443, 30),
    Flow("shop-lambda-1", CONTROL_PLANE, 443, 24),
    Flow("shop-web-1", "platform-registry-1", 5000, 24),
    Flow("shop-web-4", "platform-registry-1", 5000, 24),
    udp("shop-web-1", "platform-dns-1", 53, 60),
    udp("shop-orders-2", "platform-dns-2", 53, 60),
    Flow("data-etl-1", "data-rds-orders", 5432, 50),
    Flow("data-etl-2", "data-rds-standby", 5432, 30),
    Flow("data-etl-1", "data-warehouse-1", 5439, 40),
    Flow("data-etl-1", "data-kafka-1", 9094, 60),
    Flow("data-etl-2", "data-kafka-2", 9094, 60),
    Flow("data-api-1", "data-rds-orders", 5432, 40),
    Flow("data-api-2", "data-kafka-2", 9094, 40),
    Flow("data-node-2", "data-api-1", 8443, 50),
    Flow("data-node-1", "data-rds-orders", 5432, 30, pod="10.20.10.130"),
    Flow("data-node-1", "data-node-2", 8080, 40, pod="10.20.10.131", target_pod="10.20.11.19"),
    Flow("data-etl-1", BUCKET, 443, 30),
    Flow("partners", "data-sftp-1", 22, 24),
    Flow("platform-ci-1", "platform-artifacts-1", 443, 40),
    Flow("platform-ci-2", "platform-artifacts-1", 443, 40),
    Flow("platform-artifacts-1", "platform-monitor-1", 443, 24),
    Flow("platform-monitor-1", "platform-ci-2", 9100, 48),
    Flow("platform-ci-1", "platform-kms-a", 443, 40),
    Flow("platform-nlb-a", "platform-registry-1", 5000, 48),
    udp("platform-ci-2", "platform-dns-2", 53, 40),
    Flow("platform-ci-1", GITHUB, 443, 40),
    Flow("platform-artifacts-1", GITHUB, 443, 24),
    Flow("visitors", "us-alb-a", 443, 240),
    Flow("visitors", "us-alb-b", 443, 220),
    Flow("visitors/6", "us-alb-a", 443, 80),
    Flow("us-alb-a", "us-web-1", 8080, 90),
    Flow("us-alb-b", "us-web-2", 8080, 90),
    Flow("us-alb-a", "us-orders-1", 8443, 30),
    Flow("us-web-1", "us-orders-1", 8443, 40),
    Flow("us-web-2", "us-orders-2", 8443, 40),
    Flow("us-orders-1", "us-rds-1", 5432, 50),
    Flow("us-worker-1", BUCKET, 443, 30),
    Flow("lab-train-1", "us-rds-1", 5432, 24),
    Flow("lab-notebook-1", "lab-db-1", 5432, 40),
    Flow("lab-notebook-2", "lab-db-1", 5432, 30),
    Flow("visitors", "depot-gate-1", 443, 60),
    Flow("depot-stock-1", "depot-alb-a", 443, 30),
    Flow("depot-fleet-1", "depot-alb-a", 443, 30),
    Flow("depot-alb-a", "depot-stock-1", 8443, 30),
    Flow("depot-alb-a", "depot-stock-2", 8443, 30),
    Flow("annex-pick-1", "depot-alb-a", 443, 90),
    Flow("depot-stock-2", "depot-label-2", 631, 30),
    Flow("depot-stock-1", GITHUB, 443, 24),
    Flow("yard-crane-1", "depot-dock-1", 8443, 30),
)
# Interfaces that carry nothing, and two whose log lost something now and then.
IDLE = (
    *("shop-tgw-a", "shop-tgw-b", "data-jump-1", "platform-jump-1", "lab-train-2"),
    *("depot-cold-1", "annex-pick-2"),
)
OVERLOADED = ("shop-alb-a", "data-kafka-2")
