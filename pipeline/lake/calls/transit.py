"""Transit gateways: attachments, route tables, and what a table has for whom.

Route tables are seen by the account that owns the transit gateway alone.
https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SearchTransitGatewayRoutes.html
"""

from pipeline.lake.calls.call import About, Call, Shape, named, tags

_TABLE = About(
    "TransitGatewayRouteTableId",
    "describe-transit-gateway-route-tables",
    "TransitGatewayRouteTableId",
)
_OF_TABLE = {"transit_gateway_route_table_id": "@subject"}
_ATTACHED = "TransitGatewayAttachmentId ResourceId ResourceType"

TRANSIT = (
    Call(
        "describe-transit-gateways",
        "TransitGateways",
        (
            Shape(
                "transit_gateways",
                "",
                {
                    **named("TransitGatewayId State Description"),
                    **named("Options.SecurityGroupReferencingSupport Options.DnsSupport"),
                    **named("Options.DefaultRouteTableAssociation"),
                    **named("Options.AssociationDefaultRouteTableId"),
                    **named("Options.DefaultRouteTablePropagation"),
                    **named("Options.PropagationDefaultRouteTableId Options.VpnEcmpSupport"),
                },
            ),
            tags("TransitGatewayId"),
        ),
    ),
    Call(
        "describe-transit-gateway-attachments",
        "TransitGatewayAttachments",
        (
            Shape(
                "transit_gateway_attachments",
                "",
                {
                    **named("TransitGatewayAttachmentId TransitGatewayId"),
                    "transit_gateway_account_id": "0.TransitGatewayOwnerId",
                    "resource_account_id": "0.ResourceOwnerId",
                    **named("ResourceType ResourceId State"),
                    **named("Association.TransitGatewayRouteTableId"),
                    "association_state": "0.Association.State",
                },
            ),
            tags("TransitGatewayAttachmentId"),
        ),
        owner="ResourceOwnerId",
    ),
    Call(
        "describe-transit-gateway-vpc-attachments",
        "TransitGatewayVpcAttachments",
        (
            Shape(
                "transit_gateway_vpc_attachments",
                "",
                {
                    **named("TransitGatewayAttachmentId TransitGatewayId VpcId State"),
                    **named("Options.DnsSupport Options.SecurityGroupReferencingSupport"),
                    **named("Options.Ipv6Support Options.ApplianceModeSupport"),
                },
            ),
            Shape(
                "transit_gateway_attachment_subnets",
                "SubnetIds",
                {**named("TransitGatewayAttachmentId VpcId"), "subnet_id": "1"},
            ),
        ),
        owner="VpcOwnerId",
    ),
    Call(
        "describe-transit-gateway-peering-attachments",
        "TransitGatewayPeeringAttachments",
        (
            Shape(
                "transit_gateway_peering_attachments",
                "",
                {
                    **named("TransitGatewayAttachmentId AccepterTransitGatewayAttachmentId State"),
                    "status_code": "0.Status.Code",
                    "status_message": "0.Status.Message",
                    **{
                        f"{side}_{column}": f"0.{side.capitalize()}TgwInfo.{field}"
                        for side in ("requester", "accepter")
                        for column, field in (
                            ("transit_gateway_id", "TransitGatewayId"),
                            ("account_id", "OwnerId"),
                            ("region", "Region"),
                        )
                    },
                },
            ),
        ),
        owner="RequesterTgwInfo.OwnerId",
    ),
    Call(
        "describe-transit-gateway-route-tables",
        "TransitGatewayRouteTables",
        (
            Shape(
                "transit_gateway_route_tables",
                "",
                {
                    **named("TransitGatewayRouteTableId TransitGatewayId State"),
                    "is_default_association": "0.DefaultAssociationRouteTable",
                    "is_default_propagation": "0.DefaultPropagationRouteTable",
                },
            ),
            tags("TransitGatewayRouteTableId"),
        ),
    ),
    Call(
        "get-transit-gateway-route-table-associations",
        "Associations",
        (
            Shape(
                "transit_gateway_associations",
                "",
                {**_OF_TABLE, **named(f"{_ATTACHED} State")},
            ),
        ),
        ids=("TransitGatewayAttachmentId",),
        marks=("TransitGatewayAttachmentId",),
        about=_TABLE,
    ),
    Call(
        "get-transit-gateway-route-table-propagations",
        "TransitGatewayRouteTablePropagations",
        (
            Shape(
                "transit_gateway_propagations",
                "",
                {**_OF_TABLE, **named(f"{_ATTACHED} State")},
            ),
        ),
        ids=("TransitGatewayAttachmentId",),
        about=_TABLE,
    ),
    Call(
        "search-transit-gateway-routes",
        "Routes",
        (
            Shape(
                "transit_gateway_routes",
                "TransitGatewayAttachments~?",
                {
                    **_OF_TABLE,
                    "destination": "0.DestinationCidrBlock",
                    **named("PrefixListId Type State"),
                    **named(_ATTACHED, 1),
                },
            ),
        ),
        about=_TABLE,
        ids=("DestinationCidrBlock", "PrefixListId"),
        # AWS wants a filter; this one lets every route through.
        asked={"Filters": [{"Name": "type", "Values": ["static", "propagated"]}]},
    ),
)
