"""A small network in moto: one of each thing that a snapshot has and moto knows."""

from botocore.config import Config

from pipeline.sources import aws

QUICK = Config(retries={"mode": "standard", "total_max_attempts": 1})
TCP = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}


def build(access, region="eu-west-1"):
    """Build it in a Region and return the ids of what tests look for."""
    ec2 = aws.client(access, "ec2", region)
    shop, back = (vpc(ec2, f"10.{n}.0.0/16") for n in (1, 2))
    subnets = [
        subnet(ec2, shop, f"10.1.{n}.0/24", f"{region}{zone}") for n, zone in ((1, "a"), (2, "b"))
    ]
    group = ec2.create_security_group(GroupName="db", Description="db", VpcId=shop)["GroupId"]
    other = ec2.create_security_group(GroupName="app", Description="app", VpcId=shop)["GroupId"]
    ranges = {"IpRanges": [{"CidrIp": "10.2.0.0/16", "Description": "back office"}]}
    pairs = {"UserIdGroupPairs": [{"GroupId": other}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[TCP | ranges, TCP | pairs])
    peering = ec2.create_vpc_peering_connection(VpcId=shop, PeerVpcId=back)
    peering = peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    table = ec2.create_route_table(VpcId=shop)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    ec2.create_route(
        RouteTableId=table, DestinationCidrBlock="10.2.0.0/16", VpcPeeringConnectionId=peering
    )
    gateways(ec2, shop, subnets[0])
    ec2.create_network_interface(SubnetId=subnets[0], Groups=[group])
    ec2.create_network_acl(VpcId=shop)
    ec2.create_managed_prefix_list(
        PrefixListName="offices",
        AddressFamily="IPv4",
        MaxEntries=5,
        Entries=[{"Cidr": "192.0.2.0/24", "Description": "Dublin"}],
    )
    ec2.create_flow_logs(
        ResourceIds=[shop],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName="flow-logs",
        DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/logs",
    )
    ec2.create_tags(Resources=[shop], Tags=[{"Key": "Owner", "Value": "shop-team"}])
    transit = transit_gateway(ec2, shop, subnets)
    balancer(access, region, shop, subnets)
    zone = names(access, region, shop)
    return {"vpc": shop, "group": group, "peering": peering, "transit": transit, "zone": zone}


def vpc(ec2, cidr):
    return ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]


def subnet(ec2, vpc_id, cidr, zone):
    made = ec2.create_subnet(VpcId=vpc_id, CidrBlock=cidr, AvailabilityZone=zone)
    return made["Subnet"]["SubnetId"]


def gateways(ec2, vpc_id, subnet_id):
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.create_internet_gateway()  # which is attached to nothing
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.create_nat_gateway(SubnetId=subnet_id, AllocationId=address)
    ec2.create_vpn_gateway(Type="ipsec.1")
    ec2.create_egress_only_internet_gateway(VpcId=vpc_id)
    main = ec2.describe_route_tables()["RouteTables"][0]["RouteTableId"]
    ec2.create_vpc_endpoint(
        VpcId=vpc_id,
        ServiceName="com.amazonaws.eu-west-1.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[main],
    )
    ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["shop.example"]}])
    ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=subnet_id)


def transit_gateway(ec2, vpc_id, subnets):
    made = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    attached = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=made, VpcId=vpc_id, SubnetIds=subnets
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    table = ec2.create_transit_gateway_route_table(TransitGatewayId=made)
    table = table["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
    ec2.enable_transit_gateway_route_table_propagation(
        TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attached
    )
    ec2.associate_transit_gateway_route_table(
        TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=attached
    )
    for cidr, more in (
        ("10.1.0.0/16", {"TransitGatewayAttachmentId": attached}),
        ("10.9.0.0/16", {"Blackhole": True}),
    ):
        ec2.create_transit_gateway_route(
            DestinationCidrBlock=cidr, TransitGatewayRouteTableId=table, **more
        )
    return made


def balancer(access, region, vpc_id, subnets):
    elb = aws.client(access, "elbv2", region)
    made = elb.create_load_balancer(Name="shop", Subnets=subnets, Scheme="internal")
    targets = elb.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc_id)
    action = {"Type": "forward", "TargetGroupArn": targets["TargetGroups"][0]["TargetGroupArn"]}
    elb.create_listener(
        LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[action],
    )


def names(access, region, vpc_id):
    zones = aws.client(access, "route53", region)
    made = zones.create_hosted_zone(
        Name="shop.example",
        CallerReference="1",
        VPC={"VPCId": vpc_id, "VPCRegion": region},
        HostedZoneConfig={"PrivateZone": True},
    )
    zones.create_hosted_zone(Name="example.com", CallerReference="2")
    return made["HostedZone"]["Id"].rpartition("/")[2]
