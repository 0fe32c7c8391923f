"""What names resolve to, and who resolves them: VPC attributes, DHCP options, zones, resolver.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZones.html
https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverRule.html
"""

from pipeline.lake.calls.call import About, Call, Shape, named, tags

_ZONE = About("HostedZoneId", "list-hosted-zones", "Id", (("Config.PrivateZone", True),))


def _attribute(name: str) -> Call:
    """Return the call for one attribute of a VPC: AWS tells them one by one."""
    key = name[0].upper() + name[1:]
    values = {"vpc_id": "0.VpcId", "attribute": f"={name}", "is_on": f"0.{key}.Value"}
    return Call(
        "describe-vpc-attribute",
        key,
        (Shape("vpc_attributes", "", values),),
        about=About("VpcId", "describe-vpcs", "VpcId"),
        whole=True,
        asked={"Attribute": name},
    )


_ZONES = (
    Call(
        "list-hosted-zones",
        "HostedZones",
        (
            Shape(
                "hosted_zones",
                "",
                {
                    "hosted_zone_id": "0.Id",
                    **named("Name Config.PrivateZone ResourceRecordSetCount"),
                },
            ),
        ),
        service="route53",
        everywhere=True,
    ),
    Call(
        "get-hosted-zone",
        "HostedZone",
        (
            Shape(
                "hosted_zone_vpcs",
                "VPCs",
                {
                    "hosted_zone_id": "0.HostedZone.Id",
                    "vpc_id": "1.VPCId",
                    "vpc_region": "1.VPCRegion",
                },
            ),
        ),
        about=About("Id", _ZONE.call, _ZONE.field, _ZONE.where),
        whole=True,
        service="route53",
        everywhere=True,
    ),
    Call(
        "list-resource-record-sets",
        "ResourceRecordSets",
        (
            Shape(
                "hosted_zone_records",
                "ResourceRecords~?",
                {
                    "hosted_zone_id": "@subject",
                    **named("Name Type SetIdentifier"),
                    "ttl": "0.TTL",
                    "value": "1.Value",
                    "alias": "0.AliasTarget.DNSName",
                },
            ),
        ),
        about=_ZONE,
        ids=("Name", "Type", "SetIdentifier"),
        service="route53",
        everywhere=True,
    ),
)
_RESOLVER = (
    Call(
        "list-resolver-rules",
        "ResolverRules",
        (
            Shape(
                "resolver_rules",
                "TargetIps~?",
                {
                    "resolver_rule_id": "0.Id",
                    **named("Name DomainName RuleType Status ResolverEndpointId ShareStatus"),
                    "target_ip": "1.Ip|1.Ipv6",
                    "target_port": "1.Port",
                },
            ),
        ),
        service="route53resolver",
    ),
    Call(
        "list-resolver-rule-associations",
        "ResolverRuleAssociations",
        (
            Shape(
                "resolver_rule_vpcs",
                "",
                {
                    "resolver_rule_association_id": "0.Id",
                    **named("ResolverRuleId"),
                    "vpc_id": "0.VPCId",
                    **named("Status StatusMessage"),
                },
            ),
        ),
        service="route53resolver",
    ),
    Call(
        "list-resolver-endpoints",
        "ResolverEndpoints",
        (
            Shape(
                "resolver_endpoints",
                "",
                {
                    "resolver_endpoint_id": "0.Id",
                    **named("Name Direction"),
                    "vpc_id": "0.HostVPCId",
                    **named("Status StatusMessage"),
                },
            ),
            Shape(
                "resolver_endpoint_groups",
                "SecurityGroupIds",
                {"resolver_endpoint_id": "0.Id", "group_id": "1"},
            ),
        ),
        service="route53resolver",
    ),
    Call(
        "list-resolver-endpoint-ip-addresses",
        "IpAddresses",
        (
            Shape(
                "resolver_endpoint_addresses",
                "",
                {
                    "resolver_endpoint_id": "@subject",
                    "subnet_id": "0.SubnetId",
                    "address": "0.Ip|0.Ipv6",
                    **named("Status"),
                },
            ),
        ),
        marks=("IpId",),
        about=About("ResolverEndpointId", "list-resolver-endpoints", "Id"),
        ids=("IpId",),
        service="route53resolver",
    ),
)
DNS = (
    _attribute("enableDnsSupport"),
    _attribute("enableDnsHostnames"),
    Call(
        "describe-dhcp-options",
        "DhcpOptions",
        (
            Shape(
                "dhcp_options",
                "DhcpConfigurations.Values",
                {"dhcp_options_id": "0.DhcpOptionsId", "key": "1.Key", "value": "2.Value"},
            ),
            tags("DhcpOptionsId"),
        ),
    ),
    *_ZONES,
    *_RESOLVER,
)
