"""Planted refusals by network ACLs, of replies, of late packets, and those nothing explains."""

from .faults import ICMP, Ask, Fault, Seen, Verdict, Way, acl
from .interfaces import INTERFACES, group_ids
from .outside import BUCKET, MAIL_SERVER

BOTH = Verdict("sg_and_nacl", "certain")
UNEXPLAINED = Verdict("not_explained", "unknown")

ACLS = [
    Fault(
        "quarantined-subnet",
        "5",
        "The group lets the orders service in, ACL rule 80 refuses its whole subnet",
        Ask("shop-orders-2", "data-rds-orders", 5432),
        Seen("data-rds-orders", "refused-at-target", 40),
        acl("data-db", 80),
        Way("peering", "shop"),
    ),
    Fault(
        "acl-forgot-a-port",
        "5",
        "The group lets port 8081 in, no rule of the ACL allows it",
        Ask("platform-ci-2", "platform-artifacts-1", 8081),
        Seen("platform-artifacts-1", "refused-at-target", 34),
        acl("platform-secure", 32767),
        Way("local", "platform"),
    ),
    Fault(
        "acl-forgot-ipv6",
        "5",
        "The ACL has rules for IPv4 only, so IPv6 meets the final deny",
        Ask("us-alb-b/6", "us-orders-2/6", 8443),
        Seen("us-orders-2", "refused-at-target", 30),
        acl("us-app", 32768),
        Way("local", "us"),
    ),
    Fault(
        "acl-and-group-refuse",
        "7",
        "Neither the ACL nor the group lets the pooler's port in; the ACL comes first",
        Ask("data-etl-2", "data-rds-orders", 5433),
        Seen("data-rds-orders", "refused-at-target", 28),
        acl("data-db", 32767, "sg_and_nacl"),
        Way("local", "data"),
    ),
    Fault(
        "no-mail-through-nat",
        "8",
        "The NAT gateway has no groups; its subnet's ACL refuses mail from the VPC",
        Ask("platform-ci-2", MAIL_SERVER, 25),
        Seen("platform-nat-a", "refused-at-nat", 24),
        acl("platform-public", 90),
        Way("local", "platform"),
    ),
    Fault(
        "no-https-out-of-the-database-subnet",
        "16",
        "The group lets everything out, ACL rule 60 refuses HTTPS",
        Ask("data-warehouse-1", BUCKET, 443),
        Seen("data-warehouse-1", "refused-at-source", 36),
        acl("data-db", 60, "nacl_egress_deny"),
        Way("nat"),
    ),
    Fault(
        "database-may-not-export",
        "17",
        "The database's group lets nothing out and the ACL no HTTPS; the group comes first",
        Ask("data-rds-orders", BUCKET, 443),
        Seen("data-rds-orders", "refused-at-source", 20),
        BOTH._replace(
            element_type="security-group", element_id=group_ids(INTERFACES["data-rds-orders"])
        ),
        Way("nat"),
    ),
]

REPLIES = [
    Fault(
        "replies-to-high-ports-kept-out",
        "12",
        "The ACL lets replies in up to port 60999, this client uses higher ones",
        Ask("platform-artifacts-1", "platform-monitor-1", 443),
        Seen("platform-artifacts-1", "reply-kept-out", 30, leg="reply"),
        acl("platform-secure", 32767, "nacl_ingress_deny_reply"),
        Way("local", "platform"),
    ),
    Fault(
        "replies-to-high-ports-kept-in",
        "18",
        "ACL rule 70 refuses the replies to the load balancer's higher ports",
        Ask("us-alb-a", "us-orders-1", 8443),
        Seen("us-orders-1", "reply-kept-in", 30, leg="reply"),
        acl("us-app", 70, "nacl_egress_deny_reply"),
        Way("local", "us"),
    ),
    Fault(
        "ping-replies-kept-in",
        "18",
        "The ping comes in, no rule of the ACL lets ICMP out",
        Ask("shop-bastion-1", "shop-search-1", 0, ICMP),
        Seen("shop-search-1", "reply-kept-in", 24, leg="reply"),
        acl("shop-data", 32767, "nacl_egress_deny_reply"),
        Way("local", "shop"),
    ),
    Fault(
        "late-answers",
        "13",
        "The database still answers on a connection that the client's side has closed",
        Ask("data-etl-1", "data-rds-standby", 5432),
        Seen("data-etl-1", "late-answer", 26, leg="reply"),
        Verdict("no_tracked_connection", "probable"),
        Way("local", "data"),
    ),
    Fault(
        "late-questions",
        "14",
        "The client still asks on a connection that is closed; a rule would let a new one in",
        Ask("data-etl-2", "data-rds-orders", 5432),
        Seen("data-rds-orders", "late-question", 26),
        Verdict("late_packet", "probable"),
        Way("local", "data"),
    ),
]

UNSETTLED = [
    Fault(
        "refused-though-all-allow-it-in",
        "11",
        "Group and ACL of both snapshots allow it in, and it was refused",
        Ask("data-node-1", "data-api-2", 8443),
        Seen("data-api-2", "refused-at-target", 14),
        UNEXPLAINED,
        Way("local", "data"),
    ),
    Fault(
        "refused-though-all-allow-it-out",
        "21",
        "Group and ACL of both snapshots allow it out, and it was refused",
        Ask("platform-monitor-1", "platform-ci-1", 9100),
        Seen("platform-monitor-1", "refused-at-source", 14),
        UNEXPLAINED,
        Way("local", "platform"),
    ),
    Fault(
        "acls-never-listed",
        "24",
        "The group lets it in; nobody listed the ACLs, so the refusal stays open",
        Ask("us-orders-1", "lab-db-1", 5432),
        Seen("lab-db-1", "refused-at-target", 28),
        Verdict("stage_unknown", "unknown"),
        Way("peering", "us"),
    ),
]
