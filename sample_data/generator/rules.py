"""What the security groups and network ACLs say, before any packet is made."""

from typing import NamedTuple


class Rule(NamedTuple):
    """A group rule: a peer is a CIDR, `sg:` and a group's name, or `pl:` and a prefix list's."""

    protocol: str
    ports: tuple[int, int] | None
    peers: list[str]


class Entry(NamedTuple):
    """An ACL entry; the protocol is a number as text, as AWS writes it."""

    egress: bool
    number: int
    action: str
    protocol: str
    cidr: str
    ports: tuple[int, int] | None = None


def tcp(port: int, *peers: str) -> Rule:
    return Rule("tcp", (port, port), list(peers))


def udp(port: int, *peers: str) -> Rule:
    return Rule("udp", (port, port), list(peers))


ANY = "0.0.0.0/0"
SHOP_OFFICE, PARTNERS = "82.113.144.0/24", "62.112.193.0/24"
PREFIX_LIST = "platform-shop-app-subnets"
# The second application subnet, 10.10.11.0/24, was forgotten.
PREFIX_LIST_ENTRIES = {"10.10.10.0/24": "shop-app-a", "10.10.20.0/24": "shop-data-a"}

INGRESS: dict[str, list[Rule]] = {
    "shop-alb": [tcp(80, ANY), tcp(443, ANY)],
    "shop-bastion": [tcp(22, SHOP_OFFICE)],
    "shop-web": [tcp(8080, "sg:shop-alb"), tcp(22, "sg:shop-bastion")],
    "shop-orders": [tcp(8080, "sg:shop-web")],
    "shop-common": [tcp(22, "sg:shop-bastion"), tcp(9100, "10.30.11.0/24")],
    "shop-worker": [tcp(22, "sg:shop-bastion")],
    "shop-cache": [tcp(6379, "sg:shop-web", "sg:shop-orders")],
    "shop-db": [tcp(5432, "sg:shop-orders", "sg:shop-worker")],
    "shop-search": [tcp(9200, "sg:shop-web"), Rule("icmp", (-1, -1), ["10.10.0.0/16"])],
    "shop-lambda": [],
    "shop-report": [tcp(22, "sg:shop-bastion")],
    "data-sftp": [tcp(22, PARTNERS)],
    "data-postgres": [tcp(5432, "sg:data-api", "sg:data-eks", "sg:data-etl", "sg:shop-orders")],
    "data-warehouse": [tcp(5439, "10.10.10.0/24", "sg:data-etl")],
    "data-kafka": [tcp(9094, "sg:data-api", "sg:data-etl")],
    "data-etl": [],
    "data-common": [tcp(22, "10.20.0.0/24")],
    "data-eks": [Rule("-1", None, ["sg:data-eks"]), tcp(8443, "sg:data-api")],
    "data-api": [tcp(8443, "sg:data-eks", "sg:shop-web")],
    "data-vault": [tcp(8200, "10.10.0.0/16", "10.20.0.0/16")],
    "data-lambda": [],
    "data-jump": [],
    "platform-alb": [tcp(443, ANY)],
    "platform-dns": [tcp(53, "10.0.0.0/8"), udp(53, "10.0.0.0/8")],
    "platform-monitor": [tcp(443, "10.30.0.0/16"), tcp(9090, "sg:platform-ci")],
    "platform-ci": [tcp(22, "sg:platform-jump")],
    "platform-common": [tcp(9100, "sg:platform-monitor")],
    "platform-artifacts": [tcp(443, "10.30.0.0/16"), tcp(8081, "sg:platform-ci")],
    "platform-registry": [tcp(5000, "10.30.10.40/32", f"pl:{PREFIX_LIST}")],
    "platform-endpoints": [tcp(443, "10.30.0.0/16")],
    "platform-jump": [],
    "us-alb": [tcp(443, ANY, "::/0")],
    "us-web": [tcp(8080, "sg:us-alb")],
    "us-orders": [tcp(8443, "sg:us-alb", "sg:us-web")],
    "us-db": [tcp(5432, "sg:us-orders", "sg:lab-train")],
    "us-worker": [],
    "lab-notebook": [tcp(22, "10.20.10.0/24")],
    "lab-train": [Rule("-1", None, ["sg:lab-train"]), tcp(22, "10.20.10.0/24")],
    "lab-db": [tcp(5432, "10.40.0.0/16", "sg:lab-notebook")],
    "depot-kiosk": [],
    "depot-gate": [tcp(443, ANY)],
    "depot-alb": [tcp(443, "10.50.0.0/16", "10.51.0.0/16"), tcp(8080, "10.50.0.0/16")],
    "depot-stock": [tcp(8443, "sg:depot-alb")],
    "depot-label": [
        tcp(515, "sg:depot-stock"),
        tcp(631, "sg:depot-stock"),
        tcp(9273, "sg:platform-monitor"),
        Rule("icmp", (8, -1), ["10.50.0.0/16"]),
    ],
    "depot-filter": [Rule("-1", None, ["10.50.0.0/16"])],
    "depot-dock": [tcp(8443, "10.51.0.0/16")],
    "depot-cold": [tcp(8080, "10.50.0.0/16")],
    "annex-portal": [tcp(443, "10.50.0.0/16")],
    "annex-pick": [],
    "yard-crane": [],
}
# Everything may leave, save from these groups.
EGRESS: dict[str, list[Rule]] = {
    "shop-lambda": [tcp(443, ANY)],
    "data-postgres": [],
    "platform-artifacts": [tcp(443, ANY)],
}
# The one rule that is gone on day two: group, and the peer it loses.
REMOVED_RULE = ("data-warehouse", "10.10.10.0/24")


def both(number: int, action: str, cidr: str = ANY) -> list[Entry]:
    return [Entry(egress, number, action, "-1", cidr) for egress in (False, True)]


IN, OUT, TCP, ICMP = False, True, "6", "1"
# Custom ACLs; the default ones and the final deny of all are added where the answers are made.
ACLS: dict[str, list[Entry]] = {
    "shop-data": [
        Entry(IN, 100, "allow", TCP, "10.10.0.0/16", (5432, 5432)),
        Entry(IN, 110, "allow", TCP, "10.10.0.0/16", (6379, 6379)),
        Entry(IN, 120, "allow", TCP, "10.10.0.0/16", (9200, 9200)),
        Entry(IN, 130, "allow", ICMP, "10.10.0.0/16"),
        Entry(IN, 140, "allow", TCP, ANY, (32768, 65535)),
        Entry(OUT, 100, "allow", TCP, ANY, (443, 443)),
        Entry(OUT, 110, "allow", TCP, "10.10.0.0/16", (1024, 65535)),
    ],
    "data-db": [
        Entry(IN, 80, "deny", TCP, "10.10.11.0/24", (5432, 5432)),
        Entry(IN, 100, "allow", TCP, "10.0.0.0/8", (5432, 5432)),
        Entry(IN, 110, "allow", TCP, "10.0.0.0/8", (5439, 5439)),
        Entry(IN, 120, "allow", TCP, ANY, (32768, 65535)),
        Entry(OUT, 60, "deny", TCP, ANY, (443, 443)),
        Entry(OUT, 100, "allow", TCP, "10.0.0.0/8", (1024, 65535)),
    ],
    "platform-public": [
        Entry(IN, 90, "deny", TCP, "10.30.0.0/16", (25, 25)),
        *both(100, "allow"),
    ],
    "platform-secure": [
        Entry(IN, 100, "allow", TCP, "10.30.0.0/16", (443, 443)),
        Entry(IN, 110, "allow", TCP, ANY, (32768, 60999)),
        Entry(OUT, 100, "allow", "-1", ANY),
    ],
    "yard-tgw": [
        Entry(IN, 70, "deny", TCP, "10.51.20.0/24", (5000, 5000)),
        *both(100, "allow"),
    ],
    "us-app": [
        Entry(IN, 100, "allow", "-1", ANY),
        Entry(OUT, 70, "deny", TCP, "10.40.0.0/24", (49152, 65535)),
        Entry(OUT, 100, "allow", "-1", ANY),
    ],
}
