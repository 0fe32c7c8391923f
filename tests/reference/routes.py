"""Which route of a subnet's table a packet takes.

https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
"""

from dataclasses import dataclass, field

from .acls import vpc_cidrs
from .hops import UNKNOWN
from .lookup import Address, block, found, inside, prefix_list_entries, with_id
from .model import Json, Snapshot

MISSING, BLACKHOLE, ACTIVE = "missing", "blackhole", "active"
PROPAGATED = ("EnableVgwRoutePropagation", "Advertisement")
# A route has one target; an instance's route also names its interface, which decides.
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html
TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "InstanceId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
)


@dataclass(frozen=True)
class Choice:
    """`active` or `blackhole` with the route, `missing`, or unknown.

    By which destination it was chosen makes no other choice of it.
    """

    outcome: str
    kind: str | None = None
    target: str | None = None
    destination: str | None = field(default=None, compare=False)


def is_private(one: Address) -> bool:
    """RFC 1918, RFC 6598 and what else is not of the internet, which no internet gateway carries.

    https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
    https://www.iana.org/assignments/iana-ipv4-special-registry
    """
    return not one.is_global


def table_of_subnet(snapshot: Snapshot, subnet_id: str | None, vpc_id: str | None) -> Json | None:
    """The table that names the subnet, else the VPC's main one.

    https://docs.aws.amazon.com/vpc/latest/userguide/WorkWithRouteTables.html
    """
    tables = [table for _, table in found(snapshot, "describe-route-tables")]
    for table in tables:
        if subnet_id and any(item.get("SubnetId") == subnet_id for item in associated(table)):
            return table
    for table in tables:
        if table["VpcId"] == vpc_id and any(item.get("Main") for item in associated(table)):
            return table
    return None


def associated(table: Json) -> list[Json]:
    """Associations in force, not those that come or go.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTableAssociationState.html
    """
    return [
        item
        for item in table.get("Associations") or []
        if (item.get("AssociationState") or {}).get("State", "associated") == "associated"
    ]


def chosen_route(snapshot: Snapshot, table: Json, destination: Address) -> Choice:
    """Longest prefix first, and a blackhole keeps its prefix; then static, prefix list, propagated.

    Of prefix lists that overlap AWS takes any one: unknown, where their targets differ. So it is
    where a list that no snapshot has may hold the destination, and leads elsewhere; but no list
    comes before a local route.
    """
    if table.get("Routes") is None:
        return Choice(UNKNOWN)
    routes = [one for one in table["Routes"] if one.get("State") != "filtered"]
    routes += implied(snapshot, table)
    best = {choice_of(route) for route in best_of(snapshot, routes, destination)}
    unseen = {choice_of(one) for one in routes if may_fit(snapshot, one, destination)}
    if {choice.target for choice in best} == {"local"}:
        return best.pop()
    choices = (best or {Choice(MISSING)}) | unseen
    return choices.pop() if len(choices) == 1 else Choice(UNKNOWN)


def best_of(snapshot: Snapshot, routes: list[Json], destination: Address) -> list[Json]:
    """Those that fit, by the longest prefix and then by rank: more than one only of lists."""
    fitting: list[tuple[tuple[int, int], Json]] = []
    for route in routes:
        cidrs = cidrs_of(snapshot, route) or []
        lengths = [block(cidr).prefixlen for cidr in cidrs if inside(destination, cidr)]
        if lengths:
            fitting.append(((-max(lengths), rank(route)), route))
    best = min((key for key, _ in fitting), default=None)
    return [route for key, route in fitting if key == best]


def implied(snapshot: Snapshot, table: Json) -> list[Json]:
    """The local routes, which nobody can take away, where a dump leaves them out."""
    vpc = with_id(snapshot, "describe-vpcs", "VpcId", table["VpcId"])
    told = [cidr for route in table["Routes"] for cidr in own_cidrs(route)]
    lacking = [cidr for cidr in vpc_cidrs(vpc or {}) if cidr not in told]
    return [{"DestinationCidrBlock": cidr, "GatewayId": "local"} for cidr in lacking]


def own_cidrs(route: Json) -> list[str]:
    fields = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
    return [route[field] for field in fields if route.get(field)]


def cidrs_of(snapshot: Snapshot, route: Json) -> list[str] | None:
    """None where the route names a prefix list that is in no snapshot."""
    if route.get("DestinationPrefixListId"):
        return prefix_list_entries(snapshot, route["DestinationPrefixListId"])
    return own_cidrs(route)


def may_fit(snapshot: Snapshot, route: Json, destination: Address) -> bool:
    """An unseen list may hold any address, a gateway endpoint's only what is public.

    https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    """
    if cidrs_of(snapshot, route) is not None:
        return False
    endpoint = str(route.get("GatewayId")).startswith("vpce-")
    return not (endpoint and is_private(destination))


def rank(route: Json) -> int:
    if route.get("DestinationPrefixListId"):
        return 1
    return 2 if route.get("Origin") in PROPAGATED else 0


def choice_of(route: Json) -> Choice:
    outcome = BLACKHOLE if route.get("State") == BLACKHOLE else ACTIVE
    name = next((one for one in TARGETS if route.get(one)), None)
    destination = route.get("DestinationPrefixListId") or next(iter(own_cidrs(route)), None)
    return Choice(outcome, name, route[name] if name else None, destination)
