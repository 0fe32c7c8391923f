"""Planted in the depot: what its groups refuse, and what arrives where nobody answers."""

from .answers_balancers import BALANCERS
from .faults import ICMP, Ask, Fault, Seen, Verdict, Way
from .ids import aws_id
from .interfaces import INTERFACES
from .plants_unrefused import loss


def at_host(cause: str, name: str) -> Verdict:
    return loss(cause, "interface", INTERFACES[name].id)


DEPOT_GROUPS = [
    Fault(
        "reference-over-the-transit-gateway",
        "10",
        "The rule names the monitor's group, the transit gateway carries no group references",
        Ask("platform-monitor-1", "depot-label-1", 9273),
        Seen("depot-label-1", "refused-between-gateways", 30),
        Verdict(
            "sg_reference_ineffective", "certain", "security-group", aws_id("sg", "depot-label")
        ),
        Way("transit-gateway", "platform"),
    ),
    Fault(
        "icmp-of-some-type",
        "23",
        "The group lets in echo requests alone; a record does not say of which type it is",
        Ask("depot-stock-2", "depot-label-1", 0, ICMP),
        Seen("depot-label-1", "refused-at-target", 24),
        Verdict("depends_on_icmp_type", "conditional"),
        Way("local", "depot"),
    ),
    Fault(
        "answers-nobody-asked-for",
        "13",
        "Web servers answer connections that others opened in this address's name",
        Ask("*", "depot-gate-1", "*"),
        # That there was no connection the log tells once it is an hour old.
        Seen("depot-gate-1", "backscatter", 30, first="2026-03-02T02:00:00Z"),
        Verdict("unsolicited_packet", "probable"),
        Way("internet"),
    ),
]

ARRIVED = [
    Fault(
        "printer-says-nothing",
        "silent",
        "The request arrives and is let in, and the host drops it without a word",
        Ask("depot-stock-1", "depot-label-1", 515),
        Seen("depot-stock-1", "unanswered", 30, action="ACCEPT"),
        at_host("host_silent", "depot-label-1"),
        Way("local", "depot"),
    ),
    Fault(
        "nobody-listens",
        "silent",
        "The request arrives and is let in, and the host answers with RST: nothing listens",
        Ask("depot-stock-2", "depot-label-1", 631),
        Seen("depot-stock-2", "refused-by-host", 30, action="ACCEPT"),
        at_host("host_refused", "depot-label-1"),
        Way("local", "depot"),
    ),
    Fault(
        "balancer-without-that-listener",
        "silent",
        "The group of the load balancer lets port 8080 in, its one listener is on 443",
        Ask("depot-fleet-1", "depot-alb-a", 8080),
        Seen("depot-fleet-1", "unanswered", 30, action="ACCEPT"),
        loss("load_balancer_no_listener", "load-balancer", BALANCERS[0].arn),
        Way("local", "depot"),
    ),
    Fault(
        "probing-the-nat-gateway",
        "silent",
        "A probe asks the NAT gateway itself, which drops what nobody behind it asked for",
        Ask("depot-stock-2", "depot-nat-a", 443),
        Seen("depot-stock-2", "unanswered", 24, action="ACCEPT"),
        at_host("nat_unsolicited", "depot-nat-a"),
        Way("local", "depot"),
    ),
    Fault(
        "left-and-never-came",
        "silent",
        "Routes, groups and ACLs let it pass, both ends are logged, and it does not arrive",
        Ask("depot-stock-1", "depot-label-2", 515),
        Seen("depot-stock-1", "lost", 24, action="ACCEPT"),
        loss("lost_unexplained"),
        Way("local", "depot"),
    ),
]
