"""The transit gateways: who is attached to which, and what their tables lead to."""

from .ids import CARRIER, PLATFORM

TRANSIT_GATEWAY, CARRIER_GATEWAY, OFFICE_VPN = "platform-tgw", "carrier-tgw", "platform-office"
GATEWAY_OWNERS = {TRANSIT_GATEWAY: PLATFORM, CARRIER_GATEWAY: CARRIER}
# Attachment and its transit gateway. The yard left the platform's once, and asks for it again.
ATTACHMENTS = {
    **dict.fromkeys(("shop", "platform", "depot", "annex", "yard-again"), TRANSIT_GATEWAY),
    "yard": CARRIER_GATEWAY,
}
WAITING = {"yard-again": "pendingAcceptance"}
# Table: who looks up here, and whose routes it holds.
TGW_TABLES = {
    "platform-tgw-vpcs": (["shop", "platform"], ["shop", "platform", "depot", OFFICE_VPN]),
    "platform-tgw-office": ([OFFICE_VPN], ["platform"]),
    "platform-tgw-depot": (["depot"], ["platform"]),
}
# Nobody thought of the annex: its attachment is in no table, nor is one that waits.
UNASSOCIATED = ["annex", *WAITING]
TGW_BLACKHOLES = {"platform-tgw-depot": ["10.66.0.0/16"]}
OFFICE_CIDR = "192.168.0.0/16"
