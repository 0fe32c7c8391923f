"""What changes VPCs, their subnets, routes and peering connections, and tags.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
"""

from pipeline.snapshots.operations.effect import ADDED, REMOVED, Effect, Rows, created

_NETWORKS = {
    "vpcs": created(
        "vpc_id",
        "CreateVpc CreateDefaultVpc",
        "DeleteVpc",
        Effect("AssociateDhcpOptions", "dhcp_options_id", told=True),
    ),
    "vpc_cidrs": created(
        "vpc_id cidr",
        "CreateVpc AssociateVpcCidrBlock",
        "DeleteVpc DisassociateVpcCidrBlock",
        Effect("DisassociateVpcCidrBlock", "state=disassociating|disassociated"),
    ),
    "vpc_attributes": Rows(
        "vpc_id",
        (Effect("ModifyVpcAttribute", "enableDnsSupport enableDnsHostnames", told=True),),
    ),
    "dhcp_options": created("dhcp_options_id", "CreateDhcpOptions", "DeleteDhcpOptions"),
    "subnets": created(
        "subnet_id",
        "CreateSubnet CreateDefaultSubnet",
        "DeleteSubnet",
        Effect("ModifySubnetAttribute", "map_public_ip_on_launch", told=True),
    ),
    "subnet_cidrs": created(
        "subnet_id cidr",
        "CreateSubnet AssociateSubnetCidrBlock",
        "DeleteSubnet DisassociateSubnetCidrBlock",
        Effect("DisassociateSubnetCidrBlock", "state=disassociating|disassociated"),
    ),
    "flow_logs": created("flow_log_id", "CreateFlowLogs", "DeleteFlowLogs"),
    "tags": created(
        "resource_id key", "CreateTags", "DeleteTags", Effect("CreateTags", "value"), holds="value"
    ),
}

# What a route leads to, gone or detached.
_BREAKS = (
    "DeleteVpcPeeringConnection RejectVpcPeeringConnection DeleteNatGateway DeleteTransitGateway "
    "DetachInternetGateway DetachVpnGateway DeleteEgressOnlyInternetGateway DeleteVpcEndpoints "
    "DetachNetworkInterface DeleteNetworkInterface"
)
_ROUTES = {
    "route_tables": created("route_table_id", "CreateRouteTable", "DeleteRouteTable"),
    "route_table_associations": Rows(
        "vpc_id subnet_id gateway_id",
        (
            *(
                Effect(
                    "AssociateRouteTable",
                    does,
                    by="route_table_id",
                    of="route_table_id subnet_id gateway_id",
                )
                for does in (ADDED, "route_table_id state=associating|associated")
            ),
            Effect("ReplaceRouteTableAssociation", "route_table_id state", by="route_table_id"),
            Effect("DeleteSubnet", REMOVED, by="subnet_id"),
        ),
    ),
    "routes": created(
        "route_table_id destination destination_prefix_list_id",
        "CreateRoute EnableVgwRoutePropagation",
        "DeleteRoute DeleteRouteTable DisableVgwRoutePropagation",
        Effect("CreateRoute ReplaceRoute", "target state=active origin"),
        Effect(_BREAKS, "state=blackhole", by="target"),
        Effect("AcceptVpcPeeringConnection AttachInternetGateway", "state=active", by="target"),
        Effect("CreateVpcEndpoint ModifyVpcEndpoint:addroutetableid", ADDED, by="target"),
        Effect("DeleteVpcEndpoints ModifyVpcEndpoint:removeroutetableid", REMOVED, by="target"),
        holds="target",
    ),
}

_DNS_OPTIONS = (
    "requester_allow_dns_resolution_from_remote_vpc accepter_allow_dns_resolution_from_remote_vpc"
)
_STATUS = f"status_message expiration_time {_DNS_OPTIONS}"
_UNPEER = "DeleteVpcPeeringConnection RejectVpcPeeringConnection"
_PEERINGS = {
    "peerings": created(
        "vpc_peering_connection_id",
        "CreateVpcPeeringConnection",
        _UNPEER,
        Effect("AcceptVpcPeeringConnection", f"status=provisioning|active {_STATUS}"),
        Effect("DeleteVpcPeeringConnection", f"status=deleting|deleted {_STATUS}"),
        Effect("RejectVpcPeeringConnection", f"status=rejected {_STATUS}"),
        Effect("ModifyVpcPeeringConnectionOptions", _DNS_OPTIONS, told=True),
    ),
    "peering_cidrs": created(
        "vpc_peering_connection_id vpc_id cidr", "AcceptVpcPeeringConnection", _UNPEER
    ),
}
VPCS = _NETWORKS | _ROUTES | _PEERINGS
