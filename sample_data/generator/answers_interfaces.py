"""Network interfaces as the AWS CLI lists them, by what stands behind each."""

from .answers_network import Json, tags
from .ids import CREATED, SHOP, aws_id, digest
from .interfaces import DAY_TWO, INSTANCES, LAUNCHED, Interface
from .organisation import zone_of

# Kind: interface type, requester, owner of the attachment, description.
KINDS = {
    "instance": ("interface", None, None, ""),
    "filter": ("interface", None, None, "packet filter"),
    "alb": ("interface", "amazon-elb", "amazon-elb", "ELB app/{base}/{hex}"),
    "nlb": ("network_load_balancer", "amazon-elb", "amazon-elb", "ELB net/{base}/{hex}"),
    "nat": ("nat_gateway", "{account}", "amazon-aws", "Interface for NAT Gateway {nat}"),
    "tgw": (
        "transit_gateway",
        "{account}",
        "amazon-aws",
        "Network Interface for Transit Gateway Attachment {attachment}",
    ),
    "rds": ("interface", "amazon-rds", "amazon-rds", "RDSNetworkInterface"),
    "cache": ("interface", "amazon-elasticache", "amazon-elasticache", "ElastiCache {base}"),
    "redshift": ("interface", "amazon-redshift", "amazon-redshift", "RedshiftNetworkInterface"),
    "lambda": ("lambda", "AROAXSAMPLE{number}:{base}", "amazon-aws", "AWS Lambda VPC ENI-{base}"),
    "endpoint": ("vpc_endpoint", "{account}", "amazon-aws", "VPC Endpoint Interface {endpoint}"),
}


def interface_json(interface: Interface) -> Json:
    vpc, subnet = interface.vpc, interface.subnet
    made: Json = {
        "Attachment": attachment(interface),
        "AvailabilityZone": vpc.region + zone_of(subnet),
        "Description": filled(interface, KINDS[interface.kind][3]),
        "Groups": [{"GroupId": aws_id("sg", one), "GroupName": one} for one in interface.groups],
        "InterfaceType": KINDS[interface.kind][0],
        "Ipv6Addresses": [{"Ipv6Address": interface.ipv6}] if has_ipv6(interface) else [],
        "MacAddress": mac_address(interface),
        "NetworkInterfaceId": interface.id,
        "OwnerId": vpc.account,
        "PrivateDnsName": dns_name(interface),
        "PrivateIpAddress": interface.address,
        "PrivateIpAddresses": [private_address(interface)],
        "RequesterManaged": interface.kind not in INSTANCES,
        "SourceDestCheck": interface.kind not in ("nat", "nlb", "filter"),
        "Status": "in-use",
        "SubnetId": aws_id("subnet", subnet),
        "TagSet": tags(interface.name, interface.owner),
        "VpcId": aws_id("vpc", vpc.name),
    }
    if requester := KINDS[interface.kind][1]:
        made["RequesterId"] = filled(interface, requester)
    if interface.prefix:
        made["Ipv4Prefixes"] = [{"Ipv4Prefix": interface.prefix}]
    return made | association(interface)


def has_ipv6(interface: Interface) -> bool:
    return interface.ipv6 is not None and interface.kind in ("alb", "instance")


def filled(interface: Interface, text: str) -> str:
    base = interface.name.rsplit("-", 1)[0]
    return text.format(
        account=interface.vpc.account,
        base=base,
        hex=digest(base, 16),
        number=digest(base, 9).upper(),
        nat=aws_id("nat", interface.vpc.name),
        attachment=aws_id("tgw-attach", interface.vpc.name),
        endpoint=aws_id("vpce", base),
    )


def attachment(interface: Interface) -> Json:
    _, _, owner, _ = KINDS[interface.kind]
    made: Json = {
        "AttachTime": LAUNCHED if interface in DAY_TWO else CREATED,
        "AttachmentId": aws_id("eni-attach", interface.name),
        "DeleteOnTermination": interface.kind in INSTANCES,
        "DeviceIndex": 0 if interface.kind in INSTANCES else 1,
        "InstanceOwnerId": owner or interface.vpc.account,
        "Status": "attached",
    }
    if interface.instance_id:
        made |= {"NetworkCardIndex": 0, "InstanceId": interface.instance_id}
    return made


def association(interface: Interface) -> Json:
    return {"Association": public_address(interface)} if interface.public else {}


def public_address(interface: Interface) -> Json:
    made: Json = {
        "IpOwnerId": "amazon-elb" if interface.kind == "alb" else interface.vpc.account,
        "PublicDnsName": f"ec2-{dashed(interface.public or '')}.{public_domain(interface)}",
        "PublicIp": interface.public,
    }
    if interface.kind != "alb":
        made["AllocationId"] = aws_id("eipalloc", interface.name)
        made["AssociationId"] = aws_id("eipassoc", interface.name)
    return made


def private_address(interface: Interface) -> Json:
    return {
        "Primary": True,
        "PrivateDnsName": dns_name(interface),
        "PrivateIpAddress": interface.address,
    } | association(interface)


def dns_name(interface: Interface) -> str:
    """https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html"""
    region = interface.vpc.region
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-{dashed(interface.address)}.{domain}"


def public_domain(interface: Interface) -> str:
    region = interface.vpc.region
    return f"{'compute-1' if region == 'us-east-1' else f'{region}.compute'}.amazonaws.com"


def dashed(address: str) -> str:
    return address.replace(".", "-")


def mac_address(interface: Interface) -> str:
    text = digest(f"mac/{interface.name}", 10)
    first = "02" if interface.vpc.account == SHOP else "06"
    return ":".join([first, *(text[i : i + 2] for i in range(0, 10, 2))])
