-- The causes of silent loss, and what Reachability Analyzer calls them.
-- https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
select *
from (
    values
    ('route_missing', 'NO_ROUTE_TO_DESTINATION'),
    ('route_blackhole', 'BAD_STATE_ROUTE'),
    ('route_diverted', 'MORE_SPECIFIC_ROUTE'),
    ('peering_not_active', 'BAD_STATE'),
    ('outside_peer_cidr', 'PCX_REQUIRES_ADDRESS_IN_VPC_CIDR'),
    ('peering_not_transitive', 'PCX_REQUIRES_ADDRESS_IN_VPC_CIDR'),
    ('tgw_attachment_state', 'BAD_STATE_ATTACHMENT'),
    ('tgw_not_associated', 'TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION'),
    ('tgw_nacl_deny', 'SUBNET_ACL_RESTRICTION'),
    ('tgw_zone', 'TGW_ROUTE_AZ_RESTRICTION'),
    ('tgw_no_route', 'TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT'),
    ('tgw_blackhole', 'TGW_RTB_BAD_STATE_ROUTE'),
    ('tgw_table_unseen', 'TGW_RTB_ROUTES_ARE_UNKNOWN'),
    ('no_subnet', 'NO_POSSIBLE_DESTINATION'),
    ('no_interface', 'UNKNOWN_DESTINATION'),
    ('no_public_ip', 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS'),
    ('beyond_middlebox', null),
    ('nat_unsolicited', null),
    ('nat_protocol_unsupported', 'PROTOCOL_RESTRICTION'),
    ('load_balancer_no_listener', 'ELBV2_LISTENER_PORT_RESTRICTION'),
    ('dns_resolved_elsewhere', null),
    ('host_silent', null),
    ('host_refused', null),
    ('lost_unexplained', null)
) as known (cause, alias)
