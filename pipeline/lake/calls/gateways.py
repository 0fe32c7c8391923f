"""The ways out of a VPC: gateways, endpoints, and what stands behind them.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html
"""

from pipeline.lake.calls.call import Call, Shape, named, tags

_ENDPOINTS = Call(
    "describe-vpc-endpoints",
    "VpcEndpoints",
    (
        Shape(
            "vpc_endpoints",
            "",
            named(
                "VpcEndpointId VpcEndpointType VpcId ServiceName State PrivateDnsEnabled "
                "RequesterManaged"
            ),
        ),
        Shape(
            "vpc_endpoint_interfaces",
            "NetworkInterfaceIds",
            {"vpc_endpoint_id": "0.VpcEndpointId", "interface_id": "1"},
        ),
        Shape(
            "vpc_endpoint_route_tables",
            "RouteTableIds",
            {"vpc_endpoint_id": "0.VpcEndpointId", "route_table_id": "1"},
        ),
        Shape(
            "vpc_endpoint_names",
            "DnsEntries",
            {"vpc_endpoint_id": "0.VpcEndpointId", **named("DnsName HostedZoneId", 1)},
        ),
        tags("VpcEndpointId"),
    ),
)
GATEWAYS = (
    Call(
        "describe-internet-gateways",
        "InternetGateways",
        (
            Shape(
                "internet_gateways",
                "Attachments?",
                {"internet_gateway_id": "0.InternetGatewayId", **named("VpcId State", 1)},
            ),
            tags("InternetGatewayId"),
        ),
    ),
    Call(
        "describe-egress-only-internet-gateways",
        "EgressOnlyInternetGateways",
        (
            Shape(
                "egress_only_gateways",
                "Attachments?",
                {
                    "egress_only_gateway_id": "0.EgressOnlyInternetGatewayId",
                    **named("VpcId State", 1),
                },
            ),
            tags("EgressOnlyInternetGatewayId"),
        ),
    ),
    Call(
        "describe-nat-gateways",
        "NatGateways",
        (
            Shape(
                "nat_gateways",
                "",
                named(
                    "NatGatewayId VpcId SubnetId State ConnectivityType AvailabilityMode "
                    "FailureCode FailureMessage"
                ),
            ),
            Shape(
                "nat_gateway_addresses",
                "NatGatewayAddresses",
                {
                    "nat_gateway_id": "0.NatGatewayId",
                    "interface_id": "1.NetworkInterfaceId",
                    **named("AllocationId PrivateIp PublicIp Status AvailabilityZoneId", 1),
                },
            ),
            tags("NatGatewayId"),
        ),
    ),
    Call(
        "describe-vpn-gateways",
        "VpnGateways",
        (
            Shape(
                "vpn_gateways",
                "VpcAttachments?",
                {
                    "vpn_gateway_id": "0.VpnGatewayId",
                    "state": "0.State",
                    "vpc_id": "1.VpcId",
                    "attachment_state": "1.State",
                },
            ),
            tags("VpnGatewayId"),
        ),
    ),
    _ENDPOINTS,
)
