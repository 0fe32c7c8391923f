"""Transit gateways by hand, for a crossing: attachments, tables, and what is listed of them."""

from .crossed import HUB, ONE, Crossing
from .hops import Way
from .model import Json

ASSOCIATIONS = "get-transit-gateway-route-table-associations"
ROUTES = "search-transit-gateway-routes"
ATTACHMENTS = "describe-transit-gateway-attachments"
ATTACHMENT, TABLE = "transit-gateway-attachment", "transit-gateway-route-table"


def add_gateway(made: Crossing, name: str, owner: str) -> None:
    body = {"TransitGatewayId": name, "OwnerId": owner, "State": "available"}
    made.add(owner, "describe-transit-gateways", name, body)


def attach(made: Crossing, letter: str, account: str, state: str = "available") -> None:
    name = f"tgw-attach-{letter}"
    body = {"TransitGatewayAttachmentId": name, "TransitGatewayId": "tgw-1", "State": state}
    more = {"VpcId": f"vpc-{letter}", "VpcOwnerId": account, "SubnetIds": [f"subnet-{letter}t"]}
    made.add(account, "describe-transit-gateway-vpc-attachments", name, body | more)


def add_gateway_table(made: Crossing, name: str, *attached: str, gateway: str = "tgw-1") -> None:
    body = {"TransitGatewayRouteTableId": name, "TransitGatewayId": gateway, "State": "available"}
    made.add(HUB, "describe-transit-gateway-route-tables", name, body)
    joined = [{"TransitGatewayAttachmentId": one, "State": "associated"} for one in attached]
    made.about["get-transit-gateway-route-table-associations", name] = {"Associations": joined}
    routes: Json = {"Routes": [], "AdditionalRoutesAvailable": False}
    made.about["search-transit-gateway-routes", name] = routes


def gateway_routes(made: Crossing, table: str) -> list[Json]:
    routes: list[Json] = made.about["search-transit-gateway-routes", table]["Routes"]
    return routes


def gateway_route(
    cidr: str, attachment: str | None, kind: str = "vpc", resource: str = "", type_: str = "static"
) -> Json:
    """A blackhole where no attachment is named."""
    if attachment is None:
        return {"DestinationCidrBlock": cidr, "Type": type_, "State": "blackhole"}
    leads = {"TransitGatewayAttachmentId": attachment, "ResourceType": kind, "ResourceId": resource}
    made = {"DestinationCidrBlock": cidr, "Type": type_, "State": "active"}
    return made | {"TransitGatewayAttachments": [leads]}


def listed(made: Crossing, account: str, **association: str) -> None:
    """A's attachment as describe-transit-gateway-attachments has it."""
    body = {
        "TransitGatewayAttachmentId": "tgw-attach-a",
        "TransitGatewayId": "tgw-1",
        "TransitGatewayOwnerId": HUB,
        "ResourceType": "vpc",
        "ResourceId": "vpc-a",
        "ResourceOwnerId": ONE,
        "State": "available",
    }
    more = {"Association": association} if association else {}
    made.add(account, ATTACHMENTS, f"listed-by-{account}", body | more)


def unowned(made: Crossing) -> Crossing:
    """As those see it who take part in the gateway and do not own it."""
    made.about.clear()
    made.things = {name: one for name, one in made.things.items() if one[0] != HUB}
    made.unasked |= {(HUB, one) for one in ("describe-transit-gateway-route-tables", ATTACHMENTS)}
    return made


def stages(found: Way) -> list[tuple[str, str | None]]:
    return [(hop.stage, hop.element_id) for hop in found.hops]


def at(found: Way, stage: str) -> list[tuple[str, str | None]]:
    return [(hop.outcome, hop.cause) for hop in found.hops if hop.stage == stage]
