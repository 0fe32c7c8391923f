"""Interfaces and instances: where packets come from and go to.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
"""

from pipeline.lake.calls.call import Call, Shape, addresses, named, tags

INTERFACES = (
    Call(
        "describe-network-interfaces",
        "NetworkInterfaces",
        (
            Shape(
                "interfaces",
                "",
                {
                    "interface_id": "0.NetworkInterfaceId",
                    **named("VpcId SubnetId AvailabilityZone AvailabilityZoneId InterfaceType"),
                    **named("Description Attachment.InstanceId RequesterManaged SourceDestCheck"),
                    **named("Status"),
                    "private_ip": "0.PrivateIpAddress",
                    "public_ip": "0.Association.PublicIp",
                    "group_count": "#0.Groups",
                    **named("RequesterId DenyAllIgwTraffic"),
                    **named("ConnectionTrackingConfiguration.TcpEstablishedTimeout"),
                    **named("ConnectionTrackingConfiguration.UdpTimeout"),
                    **named("ConnectionTrackingConfiguration.UdpStreamTimeout"),
                },
            ),
            *addresses(
                {
                    "PrivateIpAddresses": "PrivateIpAddress",
                    "Ipv6Addresses~": "Ipv6Address",
                    "Ipv4Prefixes~": "Ipv4Prefix",
                    "Ipv6Prefixes~": "Ipv6Prefix",
                }
            ),
            Shape(
                "interface_groups",
                "Groups",
                {"interface_id": "0.NetworkInterfaceId", **named("GroupId GroupName", 1)},
            ),
            tags("NetworkInterfaceId", "TagSet"),
        ),
    ),
    Call(
        "describe-instances",
        "Reservations",
        (
            Shape(
                "instances",
                "",
                {
                    **named("InstanceId InstanceType VpcId SubnetId"),
                    "state": "0.State.Name",
                    "private_ip": "0.PrivateIpAddress",
                    "public_ip": "0.PublicIpAddress",
                    **named("PrivateDnsName PublicDnsName LaunchTime"),
                },
            ),
            tags("InstanceId"),
        ),
        inside="Instances",
    ),
    Call(
        "describe-addresses",
        "Addresses",
        (
            Shape(
                "addresses",
                "",
                {
                    "public_ip": "0.PublicIp",
                    **named("AllocationId AssociationId InstanceId"),
                    "interface_id": "0.NetworkInterfaceId",
                    "interface_account_id": "0.NetworkInterfaceOwnerId",
                    "private_ip": "0.PrivateIpAddress",
                    **named("Domain ServiceManaged"),
                },
            ),
            tags("AllocationId"),
        ),
        marks=("PublicIp", "Domain"),
    ),
)
