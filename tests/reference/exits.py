"""Out of the VPC by what is neither peering nor transit gateway: gateways, NAT, middleboxes.

https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
"""

from .hops import BLOCK, ENDPOINT, INTERNET, NAT, PASS, UNKNOWN, VPN, End, Hop, Trip, Way
from .lookup import with_id
from .model import Json
from .routes import ACTIVE, BLACKHOLE, MISSING, Choice, chosen_route, is_private, table_of_subnet

TCP, UDP, ICMP, ICMP_6 = 6, 17, 1, 58


def by_exit(trip: Trip, choice: Choice) -> Way:
    """Where the packet leaves what snapshots cover, or a middlebox takes it."""
    target = str(choice.target or "")
    if choice.kind == "NatGatewayId":
        return by_nat(trip, target)
    if choice.kind == "EgressOnlyInternetGatewayId":
        return leaves("egress-only-internet-gateway", target, INTERNET)
    if choice.kind == "GatewayId":
        return by_gateway_id(trip, target)
    kind = "interface" if target.startswith("eni-") else "middlebox"
    return to_middlebox(kind, choice.target)


def by_gateway_id(trip: Trip, target: str) -> Way:
    """GatewayId names gateways of several kinds, told apart by their prefix."""
    if target.startswith("igw-"):
        return by_internet_gateway(target, trip, public_address(trip))
    if target.startswith("vgw-"):
        return leaves("vpn-gateway", target, VPN)
    if target.startswith("vpce-") and is_gateway_endpoint(trip, target):
        return leaves("vpc-endpoint", target, ENDPOINT)
    return to_middlebox("vpc-endpoint" if target.startswith("vpce-") else "gateway", target)


def is_gateway_endpoint(trip: Trip, target: str) -> bool:
    """Its services have public addresses; a Gateway Load Balancer's endpoint takes anything.

    https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    """
    endpoint = with_id(trip.snapshot, "describe-vpc-endpoints", "VpcEndpointId", target)
    kind = (endpoint or {}).get("VpcEndpointType")
    return bool(kind == "Gateway" or (kind is None and not is_private(trip.sent.destination)))


def leaves(kind: str, target: str, path: str) -> Way:
    return Way((Hop("exit", kind, target),), End(path))


def to_middlebox(kind: str, target: str | None) -> Way:
    """What is behind it no snapshot tells."""
    end = End(ENDPOINT) if kind == "vpc-endpoint" else End()
    return Way((Hop("middlebox", kind, target, UNKNOWN, "beyond_middlebox"),), end)


def by_internet_gateway(target: str, trip: Trip, public: str) -> Way:
    """IPv4 needs a public address, and no private destination is carried.

    https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
    """
    destination = trip.sent.destination
    if is_private(destination):
        public = BLOCK
    elif destination.version == 6:
        public = PASS
    cause = "no_public_ip" if public == BLOCK else None
    return Way((Hop("exit", "internet-gateway", target, public, cause),), End(INTERNET))


def public_address(trip: Trip) -> str:
    """Whether the sender's address has a public one: blocks only if none of the interface has.

    A record without pkt-srcaddr shows the primary address for any other.
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-limitations.html
    """
    listed = trip.interface.body.get("PrivateIpAddresses")
    if listed is None:
        return UNKNOWN
    public = {item["PrivateIpAddress"]: has_public(item) for item in listed}
    if not any(public.values()):
        return BLOCK
    return PASS if public.get(str(trip.sent.source)) else UNKNOWN


def has_public(item: Json) -> bool:
    return bool((item.get("Association") or {}).get("PublicIp"))


def by_nat(trip: Trip, target: str) -> Way:
    """A NAT gateway: its state, its protocols, and the route out of its own subnet.

    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
    """
    nat = with_id(trip.snapshot, "describe-nat-gateways", "NatGatewayId", target)
    end = End(NAT)
    if nat is None:
        return Way((nat_hop(target, UNKNOWN),), end)
    # A route to what is gone or does not work yet is as good as a blackhole.
    if nat.get("State") not in (None, "available"):
        return Way((nat_hop(target, BLOCK, "route_blackhole"),), end)
    if trip.sent.protocol not in (TCP, UDP, ICMP, ICMP_6):
        return Way((nat_hop(target, BLOCK, "nat_protocol_unsupported"),), end)
    return Way((nat_hop(target), *out_of_nat(trip, nat)), end)


def nat_hop(target: str, outcome: str = PASS, cause: str | None = None) -> Hop:
    return Hop("nat", "nat-gateway", target, outcome, cause)


def out_of_nat(trip: Trip, nat: Json) -> tuple[Hop, ...]:
    """From the gateway's subnet on: out to the internet, or unknown, for its address is another.

    A private NAT gateway has no public address for an internet gateway.
    """
    table = table_of_subnet(trip.snapshot, nat.get("SubnetId"), nat.get("VpcId"))
    if table is None:
        return (Hop("nat-route", "route-table", None, UNKNOWN),)
    choice = chosen_route(trip.snapshot, table, trip.sent.destination)
    name = table["RouteTableId"]
    if choice.outcome in (MISSING, BLACKHOLE):
        cause = f"route_{choice.outcome}"
        return (Hop("nat-route", "route-table", name, BLOCK, cause, choice.destination),)
    if choice.outcome != ACTIVE or not str(choice.target).startswith("igw-"):
        return (Hop("nat-route", "route-table", name, UNKNOWN),)
    public = BLOCK if nat.get("ConnectivityType") == "private" else PASS
    out = by_internet_gateway(str(choice.target), trip, public)
    return (Hop("nat-route", "route-table", name), *out.hops)
