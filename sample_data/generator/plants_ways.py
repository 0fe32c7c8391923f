"""Planted in the depot, its annex and its yard: ways that lead nowhere."""

from .faults import GRE, Ask, Fault, Seen, Way
from .ids import aws_id
from .interfaces import INTERFACES
from .outside import CARRIER_TUNNEL, GITHUB, PAYMENTS
from .plants_unrefused import loss

PORTAL = INTERFACES["annex-portal-1"].public or ""

EXITS = [
    Fault(
        "no-public-address",
        "silent",
        "The route leads to the internet gateway, and the kiosk has no public address",
        Ask("depot-kiosk-1", PAYMENTS, 443),
        Seen("depot-kiosk-1", "lost", 30, action="ACCEPT"),
        loss("no_public_ip", "internet-gateway", aws_id("igw", "depot")),
        Way("internet"),
    ),
    Fault(
        "name-resolved-to-the-public-address",
        "silent",
        "The portal is a peer's, its name gives the public address, and that way nothing answers",
        Ask("depot-stock-1", PORTAL, 443),
        Seen("depot-stock-1", "lost-behind-nat", 30, action="ACCEPT"),
        loss("dns_resolved_elsewhere"),
        Way("nat"),
    ),
    Fault(
        "tunnel-through-nat",
        "silent",
        "A GRE tunnel to the carrier is sent to the NAT gateway, which carries no such protocol",
        Ask("depot-stock-2", CARRIER_TUNNEL, 0, GRE),
        Seen("depot-stock-2", "lost-behind-nat", 24, action="ACCEPT"),
        loss("nat_protocol_unsupported", "nat-gateway", aws_id("nat", "depot")),
        Way("nat"),
    ),
    Fault(
        "subnet-never-made",
        "silent",
        "The address is of the VPC's block, and no subnet was ever made there",
        Ask("depot-stock-2", "10.50.77.5", 8080),
        Seen("depot-stock-2", "lost", 30, action="ACCEPT"),
        loss("no_subnet", "vpc", aws_id("vpc", "depot")),
        Way("local", "depot"),
    ),
    Fault(
        "behind-the-filter",
        "silent",
        "The route leads to a packet filter, and what that does no snapshot says",
        Ask("depot-stock-1", "depot-cold-1", 8080),
        Seen("depot-stock-1", "lost-beyond-filter", 30, action="ACCEPT"),
        loss("beyond_middlebox", "interface", INTERFACES["depot-filter-1"].id),
        Way("local", "depot"),
    ),
]

PEERED = [
    Fault(
        "route-wider-than-the-peer",
        "silent",
        "The route into the peering is for a block that the annex never got",
        Ask("depot-stock-2", "10.52.8.20", 8080),
        Seen("depot-stock-2", "lost", 30, action="ACCEPT"),
        loss("outside_peer_cidr", "peering", aws_id("pcx", "depot-annex")),
        Way("peering"),
    ),
    Fault(
        "internet-over-a-peering",
        "silent",
        "The annex routes the internet to the depot, whose gateways no peering connection reaches",
        Ask("annex-pick-1", GITHUB, 443),
        Seen("annex-pick-1", "lost", 30, action="ACCEPT"),
        loss("peering_not_transitive", "peering", aws_id("pcx", "depot-annex")),
        Way("peering"),
    ),
    Fault(
        "answers-led-to-the-yard",
        "silent",
        "Annex and yard have the same block; the dock answers the annex, and its route the yard",
        Ask("annex-pick-1", "depot-dock-1", 8443),
        Seen("depot-dock-1", "answer-lost", 30, leg="reply", action="ACCEPT"),
        loss("route_diverted", "route-table", aws_id("rtb", "depot-dock"), "10.51.0.0/16"),
        Way("peering", "annex"),
    ),
]

TRANSIT = [
    Fault(
        "transit-gateway-drops-it",
        "silent",
        "The transit gateway's table has a blackhole for a network that was given up",
        Ask("depot-stock-1", "10.66.4.10", 443),
        Seen("depot-stock-1", "lost-in-transit", 30, action="ACCEPT"),
        loss(
            "tgw_blackhole",
            "transit-gateway-route-table",
            aws_id("tgw-rtb", "platform-tgw-depot"),
            "10.66.0.0/16",
        ),
        Way("transit-gateway"),
    ),
    Fault(
        "attachment-never-accepted",
        "silent",
        "The yard's attachment was deleted; it asked for another, which nobody has accepted",
        Ask("yard-crane-1", "shop-web-1", 8080),
        Seen("yard-crane-1", "lost", 30, action="ACCEPT"),
        loss(
            "tgw_attachment_state", "transit-gateway-attachment", aws_id("tgw-attach", "yard-again")
        ),
        Way("transit-gateway"),
    ),
    Fault(
        "attachment-in-no-table",
        "silent",
        "The annex is attached, and nobody associated the attachment with a table",
        Ask("annex-pick-1", "platform-dns-1", 53),
        Seen("annex-pick-1", "lost", 30, action="ACCEPT"),
        loss("tgw_not_associated", "transit-gateway-attachment", aws_id("tgw-attach", "annex")),
        Way("transit-gateway"),
    ),
    Fault(
        "zone-without-attachment",
        "silent",
        "The attachment has a subnet in zone a alone, the fleet's host is in zone b",
        Ask("depot-fleet-1", "platform-dns-1", 53),
        Seen("depot-fleet-1", "lost", 30, action="ACCEPT"),
        loss("tgw_zone", "transit-gateway-attachment", aws_id("tgw-attach", "depot")),
        Way("transit-gateway", "platform"),
    ),
    Fault(
        "acl-of-the-attachment",
        "silent",
        "ACL rule 70 of the attachment's subnet refuses it, and nobody logs the interface there",
        Ask("yard-crane-1", "platform-registry-1", 5000),
        Seen("yard-crane-1", "lost", 30, action="ACCEPT"),
        loss("tgw_nacl_deny", "network-acl", aws_id("acl", "yard-tgw"), "70"),
        Way("transit-gateway"),
    ),
    Fault(
        "tables-of-another-account",
        "silent",
        "The carrier's transit gateway took it, and its tables are shown to the carrier alone",
        Ask("yard-crane-1", "platform-dns-1", 53),
        Seen("yard-crane-1", "lost", 30, action="ACCEPT"),
        loss("tgw_table_unseen", "transit-gateway-attachment", aws_id("tgw-attach", "yard")),
        Way("transit-gateway"),
    ),
]
