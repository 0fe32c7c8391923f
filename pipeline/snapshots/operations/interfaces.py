"""What changes interfaces, their addresses and groups, instances and Elastic IPs.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
"""

from pipeline.snapshots.operations.effect import ADDED, LEFT_OUT, REMOVED, Effect, Rows, created

_CREATES = "CreateNetworkInterface RunInstances"
_SETS_GROUPS = "ModifyNetworkInterfaceAttribute:groupset"
_REACHED_BY = "public_ip public_dns_name"

INTERFACES = {
    "interfaces": created(
        "interface_id",
        _CREATES,
        "DeleteNetworkInterface",
        Effect("TerminateInstances", REMOVED, by="instance_id"),
        Effect("AttachNetworkInterface", "status=in-use instance_id"),
        Effect("ModifyNetworkInterfaceAttribute", "description source_dest_check", told=True),
    ),
    "interface_addresses": created(
        "interface_id address",
        f"AssignPrivateIpAddresses AssignIpv6Addresses {_CREATES}",
        "UnassignPrivateIpAddresses UnassignIpv6Addresses DeleteNetworkInterface",
    ),
    "interface_groups": created(
        "interface_id group_id",
        f"{_SETS_GROUPS} {_CREATES}",
        "DeleteNetworkInterface",
        Effect(_SETS_GROUPS, LEFT_OUT, of="interface_id"),
    ),
    "instances": created(
        "instance_id",
        "RunInstances",
        "TerminateInstances",
        Effect("StartInstances", f"state=pending|running launch_time {_REACHED_BY}"),
        Effect("StopInstances", f"state=stopping|stopped {_REACHED_BY}"),
        Effect(
            "TerminateInstances",
            "state=shutting-down|terminated vpc_id subnet_id private_ip private_dns_name "
            f"{_REACHED_BY}",
        ),
    ),
    "addresses": Rows(
        "allocation_id",
        (
            Effect("AllocateAddress", ADDED),
            Effect("ReleaseAddress", REMOVED),
            Effect(
                "AssociateAddress",
                "association_id instance_id interface_id interface_account_id private_ip",
            ),
            Effect(
                "DisassociateAddress",
                "association_id= instance_id interface_id interface_account_id private_ip",
                by="association_id",
                of="association_id",
                undo=True,
            ),
        ),
    ),
}
