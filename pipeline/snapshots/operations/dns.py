"""What changes hosted zones and their records, and the Resolver's rules and endpoints.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53_Resolver.html
"""

from pipeline.snapshots.operations.effect import ADDED, LEFT_OUT, REMOVED, Effect, Rows, created

_CHANGE = "ChangeResourceRecordSets"
_RECORD = "hosted_zone_id name type set_identifier"

DNS = {
    "hosted_zones": created("hosted_zone_id", "CreateHostedZone", "DeleteHostedZone"),
    "hosted_zone_vpcs": created(
        "hosted_zone_id vpc_id",
        "CreateHostedZone AssociateVPCWithHostedZone",
        "DeleteHostedZone DisassociateVPCFromHostedZone",
    ),
    "hosted_zone_records": Rows(
        f"{_RECORD} value alias",
        (
            Effect(f"{_CHANGE}:create {_CHANGE}:upsert", ADDED),
            Effect(f"{_CHANGE}:delete", REMOVED),
            Effect(f"{_CHANGE}:upsert", LEFT_OUT, of=_RECORD),
        ),
        holds="ttl",
    ),
    "resolver_rules": created(
        "resolver_rule_id target_ip",
        "CreateResolverRule",
        "DeleteResolverRule",
        Effect("UpdateResolverRule", ADDED, told=True),
        Effect("UpdateResolverRule", LEFT_OUT, of="resolver_rule_id"),
        holds="target_port name resolver_endpoint_id",
    ),
    "resolver_rule_vpcs": created(
        "resolver_rule_association_id", "AssociateResolverRule", "DisassociateResolverRule"
    ),
    "resolver_endpoints": created(
        "resolver_endpoint_id",
        "CreateResolverEndpoint",
        "DeleteResolverEndpoint",
        Effect("UpdateResolverEndpoint", "name", told=True),
    ),
    "resolver_endpoint_groups": created(
        "resolver_endpoint_id group_id", "CreateResolverEndpoint", "DeleteResolverEndpoint"
    ),
    "resolver_endpoint_addresses": created(
        "resolver_endpoint_id address",
        "CreateResolverEndpoint AssociateResolverEndpointIpAddress",
        "DeleteResolverEndpoint DisassociateResolverEndpointIpAddress",
        holds="subnet_id",
    ),
}
