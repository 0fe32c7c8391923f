"""The planted losses that leave no REJECT record, and the internet's scanning."""

from .faults import UDP, Ask, Fault, Seen, Verdict, Way, group_miss
from .ids import aws_id


def loss(cause: str, element_type: str = "", element_id: str = "", rule: str = "") -> Verdict:
    """How sure a silent loss is depends on which logs were covered, so nothing is said of it."""
    return Verdict(cause, "", element_type, element_id, rule)


SILENT = [
    Fault(
        "no-route-back-from-the-vault",
        "silent",
        "The vault's subnet has no route to the shop: the answers leave and arrive nowhere",
        Ask("shop-orders-3", "data-vault-1", 8200),
        Seen("data-vault-1", "answer-lost", 30, leg="reply", action="ACCEPT"),
        loss("route_missing", "route-table", aws_id("rtb", "data-main")),
        # No route tells whose address it is; what the one who asked has logged does.
        Way("unknown", "shop"),
    ),
    Fault(
        "route-to-a-deleted-peering",
        "silent",
        "The route leads into a peering that was deleted",
        Ask("data-api-2", "172.20.4.10", 443),
        Seen("data-api-2", "lost", 30, action="ACCEPT"),
        loss("route_blackhole", "route-table", aws_id("rtb", "data-private"), "172.20.0.0/16"),
        Way("peering"),
    ),
    Fault(
        "peering-never-accepted",
        "silent",
        "The route leads into a peering that nobody has accepted",
        Ask("shop-orders-1", "us-rds-1", 5432),
        Seen("shop-orders-1", "lost", 30, action="ACCEPT"),
        loss("peering_not_active", "peering", aws_id("pcx", "shop-us")),
        Way("peering", "us"),
    ),
    Fault(
        "transit-gateway-has-no-route",
        "silent",
        "The subnet routes to the transit gateway, whose table does not know the other Region",
        Ask("platform-monitor-1", "us-web-1", 9100),
        Seen("platform-monitor-1", "lost", 30, action="ACCEPT"),
        loss("tgw_no_route", "transit-gateway-route-table", aws_id("tgw-rtb", "platform-tgw-vpcs")),
        Way("transit-gateway"),
    ),
    Fault(
        "nobody-at-the-address",
        "silent",
        "The instance behind an old configuration entry is gone; its subnet is still there",
        Ask("data-etl-2", "10.20.10.222", 8080),
        Seen("data-etl-2", "lost", 30, action="ACCEPT"),
        loss("no_interface", "subnet", aws_id("subnet", "data-app-a")),
        Way("local", "data"),
    ),
]


def scanned(at: str, records: int, certainty: str, protocol: int = 6, family: str = "") -> Fault:
    kind = "udp" if protocol == UDP else "tcp" + ("-ipv6" if family else "")
    return Fault(
        f"scanning-{at}-{kind}",
        "6",
        "Strangers on the internet try ports that no rule mentions",
        Ask("*", at + family, "*", protocol),
        Seen(at, "scan", records),
        group_miss(at, certainty=certainty),
        Way("internet"),
    )


SCANNING = [
    scanned("shop-alb-a", 420, "probable"),
    scanned("shop-alb-b", 380, "probable"),
    scanned("shop-bastion-1", 520, "probable"),
    scanned("shop-bastion-1", 160, "probable", UDP),
    scanned("data-sftp-1", 460, "certain"),
    scanned("data-sftp-1", 140, "probable", UDP),
    scanned("us-alb-a", 400, "certain"),
    scanned("us-alb-a", 60, "certain", 6, "/6"),
    scanned("us-alb-b", 360, "certain"),
]
