"""A snapshot as its answers would be once a remedy's commands were run."""

from dataclasses import replace

from reference.model import Answer, Json, Snapshot

from pipeline.remedies.changes import AclEntry, Changed, GroupRule

PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}


def with_changes(snapshot: Snapshot, changes: tuple[Changed, ...]) -> Snapshot:
    """The snapshot as its answers would be once the commands were run."""
    answers = [replace(one, body=changed_body(one, changes)) for one in snapshot.answers]
    return Snapshot(snapshot.instant, tuple(answers))


def changed_body(answer: Answer, changes: tuple[Changed, ...]) -> Json:
    if answer.command == "describe-security-groups":
        groups = [with_rules(one, changes) for one in answer.body["SecurityGroups"]]
        return {"SecurityGroups": groups}
    if answer.command == "describe-network-acls":
        return {"NetworkAcls": [with_entries(one, changes) for one in answer.body["NetworkAcls"]]}
    return answer.body


def with_rules(group: Json, changes: tuple[Changed, ...]) -> Json:
    made = dict(group)
    for change in changes:
        if isinstance(change, GroupRule) and change.group_id == group["GroupId"]:
            lists = "IpPermissions" if change.direction == "ingress" else "IpPermissionsEgress"
            made[lists] = [*(made.get(lists) or []), permission(change)]
    return made


def permission(change: GroupRule) -> Json:
    protocol = PROTOCOLS.get(change.protocol, str(change.protocol))
    made: Json = {"IpProtocol": protocol}
    if change.ports:
        made |= {"FromPort": change.ports[0], "ToPort": change.ports[1]}
    elif change.protocol in (1, 58):
        made |= {"FromPort": -1, "ToPort": -1}
    if change.referenced_group_id:
        account = {"UserId": change.account_id} if change.account_id else {}
        return made | {"UserIdGroupPairs": [{"GroupId": change.referenced_group_id} | account]}
    if ":" in change.cidr:
        return made | {"Ipv6Ranges": [{"CidrIpv6": change.cidr}]}
    return made | {"IpRanges": [{"CidrIp": change.cidr}]}


def with_entries(acl: Json, changes: tuple[Changed, ...]) -> Json:
    entries = list(acl.get("Entries") or [])
    for change in changes:
        if isinstance(change, AclEntry) and change.network_acl_id == acl["NetworkAclId"]:
            egress = change.direction == "egress"
            at = [
                e for e in entries if (e["RuleNumber"], e["Egress"]) == (change.rule_number, egress)
            ]
            assert bool(at) == change.replaces, "a number that is taken, or nothing to replace"
            entries = [e for e in entries if e not in at]
            entries.append(acl_entry(change))
    return acl | {"Entries": entries}


def acl_entry(change: AclEntry) -> Json:
    made: Json = {
        "RuleNumber": change.rule_number,
        "RuleAction": change.action,
        "Egress": change.direction == "egress",
        "Protocol": str(change.protocol),
        "Ipv6CidrBlock" if ":" in change.cidr else "CidrBlock": change.cidr,
    }
    if change.ports:
        made["PortRange"] = {"From": change.ports[0], "To": change.ports[1]}
    if change.icmp:
        made["IcmpTypeCode"] = {"Type": change.icmp[0], "Code": change.icmp[1]}
    return made
