"""Load balancers: where they listen, and to which targets they send.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Listener.html
"""

from pipeline.lake.calls.call import About, Call, Shape, named

BALANCERS = (
    Call(
        "describe-load-balancers",
        "LoadBalancers",
        (
            Shape(
                "load_balancers",
                "",
                {
                    **named("LoadBalancerArn LoadBalancerName Type Scheme VpcId"),
                    "dns_name": "0.DNSName",
                    "state": "0.State.Code",
                },
            ),
            Shape(
                "load_balancer_subnets",
                "AvailabilityZones",
                {
                    "load_balancer_arn": "0.LoadBalancerArn",
                    "subnet_id": "1.SubnetId",
                    "availability_zone": "1.ZoneName",
                },
            ),
        ),
        marks=("LoadBalancerArn",),
        service="elbv2",
    ),
    Call(
        "describe-listeners",
        "Listeners",
        (
            Shape(
                "load_balancer_listeners",
                # Of several groups, with weights, the action itself names none.
                "DefaultActions?.ForwardConfig/TargetGroups~?",
                {
                    **named("ListenerArn LoadBalancerArn Port Protocol"),
                    "action": "1.Type",
                    "target_group_arn": "2.TargetGroupArn|1.TargetGroupArn",
                },
            ),
        ),
        marks=("ListenerArn",),
        about=About("LoadBalancerArn", "describe-load-balancers", "LoadBalancerArn"),
        service="elbv2",
    ),
    Call(
        "describe-target-groups",
        "TargetGroups",
        (
            Shape(
                "target_groups",
                "",
                named("TargetGroupArn TargetGroupName Protocol Port VpcId TargetType"),
            ),
        ),
        marks=("TargetGroupArn",),
        service="elbv2",
    ),
    Call(
        "describe-target-health",
        "TargetHealthDescriptions",
        (
            Shape(
                "targets",
                "",
                {
                    "target_group_arn": "@subject",
                    "target_id": "0.Target.Id",
                    "port": "0.Target.Port",
                    "state": "0.TargetHealth.State",
                    "reason": "0.TargetHealth.Reason",
                },
            ),
        ),
        about=About("TargetGroupArn", "describe-target-groups", "TargetGroupArn"),
        ids=("Target.Id", "Target.Port"),
        service="elbv2",
    ),
)
