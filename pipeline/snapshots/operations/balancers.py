"""What changes load balancers, listeners, target groups and targets.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Operations.html
"""

from pipeline.snapshots.operations.effect import ADDED, LEFT_OUT, Effect, created

BALANCERS = {
    "load_balancers": created("load_balancer_arn", "CreateLoadBalancer", "DeleteLoadBalancer"),
    "load_balancer_subnets": created(
        "load_balancer_arn subnet_id",
        "CreateLoadBalancer SetSubnets",
        "DeleteLoadBalancer",
        Effect("SetSubnets", LEFT_OUT, of="load_balancer_arn"),
    ),
    "load_balancer_listeners": created(
        "listener_arn target_group_arn",
        "CreateListener",
        "DeleteListener",
        Effect("ModifyListener", "port protocol", of="listener_arn", told=True),
        Effect("ModifyListener", ADDED, told=True),
        Effect("ModifyListener", LEFT_OUT, of="listener_arn"),
    ),
    "target_groups": created("target_group_arn", "CreateTargetGroup", "DeleteTargetGroup"),
    "targets": created(
        "target_group_arn target_id", "RegisterTargets", "DeregisterTargets", holds="port"
    ),
}
