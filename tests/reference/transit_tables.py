"""The route tables of a transit gateway: which one an attachment asks, and what it answers.

Only the account that owns the gateway sees them.
https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
"""

from dataclasses import dataclass, field

from .attachments import ANY_ATTACHMENTS, ASSOCIATIONS, TABLES
from .hops import UNKNOWN
from .lookup import Address, about, block, found, inside, prefix_list_entries, was_asked
from .model import Json, Snapshot
from .routes import ACTIVE, BLACKHOLE, MISSING

ROUTES = "search-transit-gateway-routes"
ASSOCIATED, UNSEEN = "associated", "unseen"
# Among propagated routes of one prefix.
# https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
KINDS = ("vpc", "direct-connect-gateway", "connect", "vpn", "vpn-concentrator", "client-vpn")


@dataclass(frozen=True)
class TableRoute:
    """`active` with the attachment it leads to, `blackhole`, `missing`, or unknown."""

    outcome: str
    attachment: str | None = None
    kind: str | None = None
    resource: str | None = None
    destination: str | None = field(default=None, compare=False)


def association(snapshot: Snapshot, gateway_id: str, attachment_id: str) -> tuple[str, str | None]:
    """`associated` with the table, `missing` where the owner shows there is none, or `unseen`."""
    told = told_by_table(snapshot, gateway_id, attachment_id)
    if told is None:
        told = told_by_owner(snapshot, gateway_id, attachment_id)
    if told:
        return ASSOCIATED, told
    if told == "" or all_are_seen(snapshot, gateway_id):
        return MISSING, None
    return UNSEEN, None


def told_by_table(snapshot: Snapshot, gateway_id: str, attachment_id: str) -> str | None:
    """The table that names the attachment; of two Regions' gateways, which share its id, one."""
    _, region = owner_of(snapshot, gateway_id)
    for answer in snapshot.answers:
        if answer.command == ASSOCIATIONS and region in (None, answer.region):
            for item in answer.body["Associations"]:
                is_in_force = item["State"] == ASSOCIATED
                if is_in_force and item["TransitGatewayAttachmentId"] == attachment_id:
                    return answer.subject
    return None


def told_by_owner(snapshot: Snapshot, gateway_id: str, attachment_id: str) -> str | None:
    """The table as the gateway's owner lists the attachment; empty where it has none.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayAttachment.html
    """
    for answer, body in found(snapshot, ANY_ATTACHMENTS):
        is_owner = answer.account == body.get("TransitGatewayOwnerId")
        ids = (body["TransitGatewayId"], body["TransitGatewayAttachmentId"])
        if is_owner and ids == (gateway_id, attachment_id):
            given = body.get("Association") or {}
            is_associated = given.get("State", ASSOCIATED) == ASSOCIATED
            return str(given.get("TransitGatewayRouteTableId") or "") if is_associated else ""
    return None


def all_are_seen(snapshot: Snapshot, gateway_id: str) -> bool:
    """Whether the gateway's owner listed its tables, and what each is associated with."""
    return was_asked(snapshot, TABLES, *owner_of(snapshot, gateway_id)) and all(
        about(snapshot, ASSOCIATIONS, table["TransitGatewayRouteTableId"]) is not None
        for _, table in found(snapshot, TABLES)
        if table["TransitGatewayId"] == gateway_id
    )


def owner_of(snapshot: Snapshot, gateway_id: str) -> tuple[str | None, str | None]:
    """The gateway's account and Region."""
    for answer, gateway in found(snapshot, "describe-transit-gateways"):
        if gateway["TransitGatewayId"] == gateway_id:
            return gateway.get("OwnerId"), answer.region
    return None, None


def table_route(snapshot: Snapshot, table_id: str, destination: Address) -> TableRoute | None:
    """The most specific route, then static, prefix list, propagated; None where not all is seen.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SearchTransitGatewayRoutes.html
    """
    body = about(snapshot, ROUTES, table_id)
    if body is None or body.get("AdditionalRoutesAvailable"):
        return None
    fitting: list[tuple[tuple[int, int, int], Json]] = []
    for route in body["Routes"]:
        cidrs = cidrs_of(snapshot, route)
        if cidrs is None:
            return TableRoute(UNKNOWN)
        lengths = [block(cidr).prefixlen for cidr in cidrs if inside(destination, cidr)]
        if lengths and route["State"] in (ACTIVE, BLACKHOLE):
            fitting.append(((-max(lengths), *rank(route)), route))
    if not fitting:
        return TableRoute(MISSING)
    best = min(key for key, _ in fitting)
    leads = {lead for key, route in fitting if key == best for lead in leads_of(route)}
    return leads.pop() if len(leads) == 1 else TableRoute(UNKNOWN)


def cidrs_of(snapshot: Snapshot, route: Json) -> list[str] | None:
    if route.get("DestinationCidrBlock"):
        return [route["DestinationCidrBlock"]]
    return prefix_list_entries(snapshot, str(route.get("PrefixListId")))


def rank(route: Json) -> tuple[int, int]:
    """A static route, a prefix list's, then propagated ones by what they come from."""
    if route["Type"] == "static":
        return (1 if route.get("PrefixListId") else 0), 0
    kinds = [item.get("ResourceType") for item in route.get("TransitGatewayAttachments") or []]
    return 2, min((KINDS.index(kind) for kind in kinds if kind in KINDS), default=len(KINDS))


def leads_of(route: Json) -> list[TableRoute]:
    destination = route.get("DestinationCidrBlock") or route.get("PrefixListId")
    if route["State"] == BLACKHOLE:
        return [TableRoute(BLACKHOLE, destination=destination)]
    return [
        TableRoute(
            ACTIVE,
            item["TransitGatewayAttachmentId"],
            item.get("ResourceType"),
            item.get("ResourceId"),
            destination,
        )
        for item in route.get("TransitGatewayAttachments") or []
    ] or [TableRoute(UNKNOWN)]
