"""What changes transit gateways, their attachments and their tables.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTransitGatewayRoute.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayVpcAttachment.html
"""

from pipeline.snapshots.operations.effect import REMOVED, Effect, Rows, created

_ATTACHMENT = "transit_gateway_attachment_id"
_TABLE = "transit_gateway_route_table_id"
_ASSOCIATION = "AssociateTransitGatewayRouteTable", "DisassociateTransitGatewayRouteTable"
_PROPAGATION = (
    "EnableTransitGatewayRouteTablePropagation",
    "DisableTransitGatewayRouteTablePropagation",
)


def _attached(kinds: str, *effects: Effect, ends: str = "") -> Rows:
    """Return what can happen to attachments of some kinds, as the operations' names call them.

    `ends` are columns that have another value when one is deleted, besides its state.
    """

    def each(verb: str) -> str:
        return " ".join(f"{verb}TransitGateway{kind}Attachment" for kind in kinds.split())

    return created(
        _ATTACHMENT,
        each("Create"),
        each("Delete"),
        Effect(each("Accept"), "state=pending|available"),
        Effect(each("Reject"), "state=rejecting|rejected"),
        Effect(each("Delete"), f"state=deleting|deleted {ends}"),
        *effects,
    )


TRANSIT = {
    "transit_gateways": created(
        "transit_gateway_id",
        "CreateTransitGateway",
        "DeleteTransitGateway",
        Effect("DeleteTransitGateway", "state=deleting|deleted"),
        Effect(
            "ModifyTransitGateway",
            "description dns_support vpn_ecmp_support security_group_referencing_support "
            "default_route_table_association association_default_route_table_id "
            "default_route_table_propagation propagation_default_route_table_id",
            told=True,
        ),
    ),
    "transit_gateway_attachments": _attached(
        "Vpc Peering",
        Effect(_ASSOCIATION[0], f"{_TABLE} association_state=associating|associated"),
        Effect(_ASSOCIATION[1], f"{_TABLE}= association_state", undo=True),
        ends=f"{_TABLE} association_state",
    ),
    "transit_gateway_vpc_attachments": _attached(
        "Vpc",
        Effect(
            "ModifyTransitGatewayVpcAttachment",
            "dns_support security_group_referencing_support ipv6_support appliance_mode_support",
            told=True,
        ),
    ),
    "transit_gateway_peering_attachments": _attached("Peering"),
    "transit_gateway_attachment_subnets": created(
        f"{_ATTACHMENT} subnet_id",
        "ModifyTransitGatewayVpcAttachment:addsubnetids CreateTransitGatewayVpcAttachment",
        "ModifyTransitGatewayVpcAttachment:removesubnetids DeleteTransitGatewayVpcAttachment",
    ),
    "transit_gateway_route_tables": created(
        _TABLE, "CreateTransitGatewayRouteTable", "DeleteTransitGatewayRouteTable"
    ),
    "transit_gateway_associations": created(f"{_TABLE} {_ATTACHMENT}", *_ASSOCIATION),
    "transit_gateway_propagations": created(f"{_TABLE} {_ATTACHMENT}", *_PROPAGATION),
    "transit_gateway_routes": created(
        f"{_TABLE} destination prefix_list_id",
        "CreateTransitGatewayRoute CreateTransitGatewayPrefixListReference",
        "DeleteTransitGatewayRoute DeleteTransitGatewayPrefixListReference "
        "DeleteTransitGatewayRouteTable",
        Effect(
            "DeleteTransitGatewayVpcAttachment DeleteTransitGatewayPeeringAttachment",
            REMOVED,
            by=_ATTACHMENT,
        ),
        # A route to another attachment is another row.
        Effect("ReplaceTransitGatewayRoute", "state type"),
        holds=_ATTACHMENT,
    ),
}
