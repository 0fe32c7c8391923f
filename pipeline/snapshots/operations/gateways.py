"""What changes the ways out of a VPC: gateways and endpoints.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
"""

from pipeline.snapshots.operations.effect import REMOVED, Effect, Rows, created


def _of_endpoint(column: str) -> Rows:
    return created(f"vpc_endpoint_id {column}", "CreateVpcEndpoint", "DeleteVpcEndpoints")


GATEWAYS = {
    "internet_gateways": created(
        "internet_gateway_id",
        "CreateInternetGateway",
        "DeleteInternetGateway",
        Effect("AttachInternetGateway", "vpc_id state=attaching|attached|available"),
        Effect("DetachInternetGateway", "vpc_id= state", undo=True),
    ),
    "egress_only_gateways": created(
        "egress_only_gateway_id",
        "CreateEgressOnlyInternetGateway",
        "DeleteEgressOnlyInternetGateway",
    ),
    "nat_gateways": created(
        "nat_gateway_id",
        "CreateNatGateway",
        "DeleteNatGateway",
        Effect("DeleteNatGateway", "state=deleting|deleted"),
    ),
    "nat_gateway_addresses": created(
        "nat_gateway_id allocation_id",
        "CreateNatGateway AssociateNatGatewayAddress",
        "DeleteNatGateway DisassociateNatGatewayAddress",
    ),
    "vpn_gateways": Rows(
        "vpn_gateway_id vpc_id",
        (
            *created("", "CreateVpnGateway AttachVpnGateway", "DetachVpnGateway").effects,
            Effect("DeleteVpnGateway", REMOVED, of="vpn_gateway_id"),
            Effect("DetachVpnGateway", "attachment_state=detaching|detached"),
        ),
    ),
    "vpc_endpoints": created(
        "vpc_endpoint_id",
        "CreateVpcEndpoint",
        "DeleteVpcEndpoints",
        Effect("DeleteVpcEndpoints", "state=deleting|deleted"),
        Effect("ModifyVpcEndpoint", "private_dns_enabled", told=True),
    ),
    "vpc_endpoint_interfaces": _of_endpoint("interface_id"),
    "vpc_endpoint_route_tables": _of_endpoint("route_table_id"),
    "vpc_endpoint_names": _of_endpoint("dns_name"),
}
