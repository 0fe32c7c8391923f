"""Security groups and prefix lists as the AWS CLI lists them."""

from .answers_network import Json, tags
from .ids import IRELAND, PLATFORM, aws_id
from .organisation import PEERINGS, VPCS, Vpc, vpc_of
from .rules import ANY, EGRESS, INGRESS, PREFIX_LIST, PREFIX_LIST_ENTRIES, REMOVED_RULE, Rule

# Lists that AWS keeps in every account. https://docs.aws.amazon.com/vpc/latest/userguide/
# working-with-aws-managed-prefix-lists.html
AWS_LISTS = {
    "eu-west-1": {"s3": "pl-6da54004", "dynamodb": "pl-6fa54006"},
    "us-east-1": {"s3": "pl-63a5400a", "dynamodb": "pl-02cd2c6b"},
}


def groups_json(vpc: Vpc, day_two: bool) -> list[Json]:
    names = [name for name in INGRESS if vpc_of(name) is vpc]
    return [default_group(vpc)] + [group_json(name, day_two) for name in names]


def group_json(name: str, day_two: bool) -> Json:
    ingress = INGRESS[name]
    if day_two and name == REMOVED_RULE[0]:
        ingress = [without(rule, REMOVED_RULE[1]) for rule in ingress]
    egress = EGRESS.get(name, everything_out(vpc_of(name)))
    return shell(vpc_of(name), name, name.replace("-", " "), ingress, egress)


def everything_out(vpc: Vpc) -> list[Rule]:
    return [Rule("-1", None, [ANY, "::/0"] if vpc.ipv6 else [ANY])]


def without(rule: Rule, gone: str) -> Rule:
    return rule._replace(peers=[peer for peer in rule.peers if peer != gone])


def default_group(vpc: Vpc) -> Json:
    """https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html"""
    name = f"{vpc.name}-default"
    itself = [Rule("-1", None, [f"sg:{name}"])]
    made = shell(vpc, name, "default VPC security group", itself, everything_out(vpc))
    return made | {"GroupName": "default", "Tags": []}


def shell(vpc: Vpc, name: str, text: str, ingress: list[Rule], egress: list[Rule]) -> Json:
    group_id = aws_id("sg", name)
    return {
        "GroupId": group_id,
        "IpPermissionsEgress": [permission(vpc, rule) for rule in egress],
        "Tags": tags(name, vpc.owner),
        "VpcId": aws_id("vpc", vpc.name),
        "SecurityGroupArn": f"arn:aws:ec2:{vpc.region}:{vpc.account}:security-group/{group_id}",
        "OwnerId": vpc.account,
        "GroupName": name,
        "Description": text,
        "IpPermissions": [permission(vpc, rule) for rule in ingress],
    }


def permission(vpc: Vpc, rule: Rule) -> Json:
    groups = [peer[3:] for peer in rule.peers if peer.startswith("sg:")]
    lists = [peer[3:] for peer in rule.peers if peer.startswith("pl:")]
    cidrs = [peer for peer in rule.peers if peer[:3] not in ("sg:", "pl:")]
    made: Json = {
        "IpProtocol": rule.protocol,
        "UserIdGroupPairs": [reference(vpc, group) for group in groups],
        "IpRanges": [{"CidrIp": cidr} for cidr in cidrs if ":" not in cidr],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in cidrs if ":" in cidr],
        "PrefixListIds": [{"PrefixListId": aws_id("pl", name)} for name in lists],
    }
    if rule.ports:
        made |= {"FromPort": rule.ports[0], "ToPort": rule.ports[1]}
    return made


def reference(vpc: Vpc, group: str) -> Json:
    """https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html

    Of what a transit gateway joins, the group and its account are all there is to say.
    https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
    """
    other = vpc_of(group)
    made: Json = {"UserId": other.account, "GroupId": aws_id("sg", group)}
    if other is vpc:
        return made
    ends = {vpc.name, other.name}
    peering = next((p for p in PEERINGS.values() if {p.requester, p.accepter} == ends), None)
    if peering is None:
        return made
    return made | {
        "VpcId": aws_id("vpc", other.name),
        "VpcPeeringConnectionId": aws_id("pcx", peering.name),
        "PeeringStatus": peering.status,
    }


def prefix_lists_json(account: str, region: str) -> list[Json]:
    made = [aws_list(region, service, own_id) for service, own_id in AWS_LISTS[region].items()]
    if (account, region) == (PLATFORM, IRELAND):
        made.append(own_list())
    return made


def aws_list(region: str, service: str, own_id: str) -> Json:
    return {
        "PrefixListId": own_id,
        "AddressFamily": "IPv4",
        "PrefixListArn": f"arn:aws:ec2:{region}:aws:prefix-list/{own_id}",
        "PrefixListName": f"com.amazonaws.{region}.{service}",
        "Tags": [],
        "OwnerId": "AWS",
    }


def own_list() -> Json:
    own_id = aws_id("pl", PREFIX_LIST)
    return {
        "PrefixListId": own_id,
        "AddressFamily": "IPv4",
        "State": "create-complete",
        "PrefixListArn": f"arn:aws:ec2:{IRELAND}:{PLATFORM}:prefix-list/{own_id}",
        "PrefixListName": PREFIX_LIST,
        "MaxEntries": 10,
        "Version": 3,
        "Tags": tags(PREFIX_LIST, VPCS["platform"].owner),
        "OwnerId": PLATFORM,
    }


def entries_json() -> list[Json]:
    return [{"Cidr": cidr, "Description": text} for cidr, text in PREFIX_LIST_ENTRIES.items()]
