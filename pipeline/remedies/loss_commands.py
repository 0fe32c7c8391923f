"""What mends routes, peering connections and transit gateways, as AWS CLI and as Terraform.

Each function returns both, the latter None where what Terraform made is changed where it stands
there; or None where an id or a block is not as AWS writes it.
https://docs.aws.amazon.com/cli/latest/reference/ec2/create-route.html
https://docs.aws.amazon.com/cli/latest/reference/ec2/create-transit-gateway-route.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ec2_transit_gateway_route
"""

from collections.abc import Mapping

from pipeline.remedies.commands import (
    Value,
    are_plain,
    aws,
    block_argument,
    block_option,
    is_block,
    option,
    resource,
)

Commands = tuple[str, str | None]
# The option of create-route, and the argument of aws_route, by what a target's id begins with.
_TARGETS = {
    "pcx": "vpc-peering-connection-id",
    "tgw": "transit-gateway-id",
    "nat": "nat-gateway-id",
    "igw": "gateway-id",
    "vgw": "gateway-id",
}


def route(
    table: str,
    block: str | None,
    target: str | None,
    region: str | None = None,
    stands: bool = False,
) -> Commands | None:
    """Put a route into a route table, or give the one that stands there another target."""
    kind = _TARGETS.get(target.partition("-")[0]) if target else None
    if target is None or kind is None or not block or not is_block(block):
        return None
    if not are_plain([table, target]):
        return None
    where = option("route-table-id", table), block_option(block, "destination-")
    cli = aws(f"{_verb(stands)}-route", region, *where, option(kind, target))
    arguments: dict[str, Value] = {
        "route_table_id": table,
        **block_argument(block, "destination_"),
        _argument(kind): target,
    }
    return cli, None if stands else resource("aws_route", [table, block], arguments)


def gateway_route(
    table: str,
    block: str | None,
    attachment: str | None,
    region: str | None = None,
    stands: bool = False,
) -> Commands | None:
    """Put a route into a transit gateway's table, likewise, whichever family it is of."""
    if attachment is None or not block or not is_block(block):
        return None
    told = {"destination-cidr-block": block, "transit-gateway-attachment-id": attachment}
    made = _in_table(f"{_verb(stands)}-transit-gateway-route", "route", table, told, region)
    return (made[0], None) if made and stands else made


def association(attachment: str, table: str | None, region: str | None = None) -> Commands | None:
    """Have an attachment looked up in a table."""
    if table is None:
        return None
    told = {"transit-gateway-attachment-id": attachment}
    call = "associate-transit-gateway-route-table"
    return _in_table(call, "route_table_association", table, told, region)


def _in_table(
    call: str, kind: str, table: str, told: Mapping[str, str], region: str | None
) -> Commands | None:
    whole = {**told, "transit-gateway-route-table-id": table}
    if not are_plain([value for name, value in whole.items() if name.endswith("-id")]):
        return None
    cli = aws(call, region, *(option(name, value) for name, value in whole.items()))
    arguments = {_argument(name): value for name, value in whole.items()}
    return cli, resource(f"aws_ec2_transit_gateway_{kind}", list(arguments.values()), arguments)


def accepted_peering(peering: str, region: str | None = None) -> Commands | None:
    """Accept a request for a peering connection."""
    if not are_plain([peering]):
        return None
    name = "vpc-peering-connection-id"
    arguments: dict[str, Value] = {_argument(name): peering, "auto_accept": True}
    return (
        aws("accept-vpc-peering-connection", region, option(name, peering)),
        resource("aws_vpc_peering_connection_accepter", [peering], arguments),
    )


def accepted_attachment(attachment: str, region: str | None = None) -> Commands | None:
    """Accept a request for an attachment of a VPC."""
    if not are_plain([attachment]):
        return None
    name = "transit-gateway-attachment-id"
    kind = "aws_ec2_transit_gateway_vpc_attachment_accepter"
    return (
        aws("accept-transit-gateway-vpc-attachment", region, option(name, attachment)),
        resource(kind, [attachment], {_argument(name): attachment}),
    )


def attached(gateway: str, vpc: str, subnet: str, region: str | None = None) -> Commands | None:
    """Attach a VPC to a transit gateway by one subnet; in Terraform the others come, too."""
    if not are_plain([gateway, vpc, subnet]):
        return None
    ids = f"{option('transit-gateway-id', gateway)} {option('vpc-id', vpc)}"
    call = "create-transit-gateway-vpc-attachment"
    return aws(call, region, ids, option("subnet-ids", subnet)), None


def served(attachment: str, subnet: str | None, region: str | None = None) -> Commands | None:
    """Have an attachment serve the zone of a subnet."""
    if subnet is None or not are_plain([attachment, subnet]):
        return None
    one = option("transit-gateway-attachment-id", attachment)
    call = "modify-transit-gateway-vpc-attachment"
    return aws(call, region, one, option("add-subnet-ids", subnet)), None


def _verb(stands: bool) -> str:
    return "replace" if stands else "create"


def _argument(name: str) -> str:
    return name.replace("-", "_")
