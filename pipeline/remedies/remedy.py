"""The smallest change that would let a finding's packets pass, in words, AWS CLI and Terraform.

What is proposed is not judged here: pipeline/remedies/trials.py tries it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.remedies import wording
from pipeline.remedies.changes import AclEntry, Changed, GroupRule
from pipeline.remedies.commands import Value, are_plain, aws, option, resource
from pipeline.remedies.numbers import entries_before
from pipeline.remedies.traffic import (
    FEW,
    blocks,
    is_answer,
    is_from_outside,
    is_one_range,
    peers,
    ports,
    preposition,
    service,
)

# How what came of a trial begins.
AGAIN, NOT_AGAIN = "judged again with it", "not judged again"
# No pause that attribution tells is longer: it looks back an hour for what was there before.
_LONGER = 3600


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change in words; the commands are None where no command makes it.

    `changes` are what it does to groups and ACLs, `checked` says that the packets were judged again
    with them, and pass; `check` says what came of that, or why it was not done.
    """

    text: str
    aws_cli: str | None = None
    terraform: str | None = None
    changes: tuple[Changed, ...] = ()
    checked: bool = False
    check: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known around a finding, at the time of its packets.

    `entries` are rows of queries/remedies/acl_entries.sql, None where nobody asked. `peer_groups`
    are the groups, with their account where it is another's, that every peer carries and that a
    reference reaches; `subnet_ids` are the subnets of the finding's interfaces, `own_lists` all
    prefix lists that are known not to be AWS's. `region` is that of what is to be changed, and
    `targets` what leads to the other end of a lost packet, see losses, or over which a group
    reference may. `state` is where the element stands now, None where it carries traffic.
    """

    entries: Sequence[Mapping[str, Any]] | None = None
    peer_groups: tuple[tuple[str, str | None], ...] = ()
    subnet_ids: tuple[str, ...] = ()
    own_lists: frozenset[str] = frozenset()
    region: str | None = None
    targets: tuple[str, ...] = ()
    state: str | None = None


NOTHING = Known()


def remedy(finding: Mapping[str, Any], known: Known = NOTHING) -> Remedy | None:
    """Return what would let a finding's packets pass; None where nobody knows what refused them.

    `finding` is a row of queries/reports/rejects.sql. Where nothing is to be changed that is said.
    """
    cause = finding["cause"]
    if "sg" in cause and is_from_outside(finding):
        return Remedy(
            "Nothing is to be changed, unless it is wanted: it comes from the internet, and no "
            "rule lets it in."
        )
    if cause.startswith("nacl_"):
        return _acl(finding, finding["element_id"], finding["rule"], known)
    if is_expired(finding):
        return _timeout(finding["nearest_miss"], known)
    making = _MAKING.get(cause)
    return making(finding, known) if making else _SETTLED.get(cause)


def _group(finding: Mapping[str, Any], known: Known) -> Remedy:
    near = finding["nearest_miss"] or {}
    is_groups = near.get("element_type", "security-group") == "security-group"
    groups = finding["element_id"].split(",")
    group = near["element_id"] if near and is_groups else groups[0]
    rules = _rules(finding, group, known)
    whom = peers(finding)
    if rules and rules[0].referenced_group_id:
        whom = f"the members of {rules[0].referenced_group_id}"
    text = f"Allow {service(finding)} {preposition(finding)} {whom} in {group}."
    if near.get("why") == "stale":
        # What it refers to is gone, so no reference would do in its place but one to another group.
        text += f" Its rule {near['rule']} is stale and lets nothing through: it can go."
    text += _by_a_list(finding, near, known)
    return _with_commands(text, rules, wording.of_rules(rules, known.region) if rules else None)


def _by_a_list(finding: Mapping[str, Any], near: Mapping[str, Any], known: Known) -> str:
    """Name the list that lacks the peer: to add it there is as good, but of more effect."""
    lists = known.own_lists.intersection(near["rule"].split()) if near else frozenset[str]()
    if near.get("why") != "address" or not lists:
        return ""
    (one,) = lists
    return (
        f" Or add {peers(finding)} to {one}, to which a rule for others refers: that counts "
        "wherever the list is used."
    )


def _rules(finding: Mapping[str, Any], group: str, known: Known) -> list[GroupRule]:
    """Return a rule an address; many peers that all carry a group are told by that group."""
    if not is_one_range(finding):
        return []
    rule = GroupRule(
        group, finding["direction"], finding["protocol"], ports(finding), icmp=finding.get("icmp")
    )
    if finding["peers"] <= FEW:
        return [replace(rule, cidr=block) for block in blocks(finding)]
    return [
        replace(rule, referenced_group_id=group_id, account_id=account)
        for group_id, account in known.peer_groups[:1]
    ]


def _instead_of_reference(finding: Mapping[str, Any], known: Known) -> Remedy:
    """A reference does not reach everywhere, an address does."""
    told = _group(finding, replace(known, peer_groups=()))
    or_else = ""
    is_over_gateway = finding["path"] == "transit-gateway" and known.targets
    if is_over_gateway and finding["direction"] == "ingress":
        or_else = (
            " Or enable security group referencing on the transit gateway and on the attachments "
            "of both VPCs."
        )
    text = f"A reference to a group does not reach the peer. {told.text}{or_else}"
    return replace(told, text=text)


def _acl(finding: Mapping[str, Any], acl: str, rule: str | None, known: Known) -> Remedy:
    wanted = [] if known.entries is None or rule is None else _wanted_entries(finding, acl)
    entries = [] if rule is None else entries_before(int(rule), wanted, known.entries or ())
    what = f"Allow {service(finding)} {preposition(finding)} {peers(finding)} in {acl}"
    text = f"{what} {_numbered(rule, entries, bool(wanted))}."
    if not is_answer(finding):
        text += " An ACL keeps no state: its other direction must let the replies pass."
    commands = wording.of_entries(entries, known.region) if entries else None
    return _with_commands(text, entries, commands)


def _numbered(rule: str | None, entries: Sequence[AclEntry], is_wanted: bool) -> str:
    if rule is None:
        return "before all its rules that deny it: which of them does depends on the ICMP type"
    numbers = ", ".join(str(e.rule_number) for e in entries if e.action == "allow")
    if any(entry.replaces for entry in entries):
        moved = entries[0].rule_number
        return f"with number {numbers}: none below is free, so rule {rule} moves to {moved} first"
    if entries:
        return f"with number {numbers}, which is free and below {rule}"
    if is_wanted:
        return f"below rule {rule}: no number is free there, so renumber its rules first"
    return f"with a free number below {rule}"


def _wanted_entries(finding: Mapping[str, Any], acl: str) -> list[AclEntry]:
    if not is_one_range(finding) or finding["peers"] > FEW:
        return []
    entry = AclEntry(
        *(acl, finding["direction"], 0, "allow", finding["protocol"], "", ports(finding)),
        icmp=finding.get("icmp"),
    )
    return [replace(entry, cidr=block) for block in blocks(finding)]


def _both(finding: Mapping[str, Any], known: Known) -> Remedy:
    by_type = {blocker["element_type"]: blocker for blocker in finding["blockers"]}
    group, acl = by_type["security-group"], by_type["network-acl"]
    parts = [
        _group({**finding, "element_id": group["element_id"]}, known),
        _acl(finding, acl["element_id"], acl["rule"], known),
    ]
    text = "Both need a change. " + " ".join(part.text for part in parts)
    if any(part.aws_cli is None for part in parts):
        # Half a remedy is none.
        return _with_commands(text, (), None)
    return Remedy(
        text,
        _joined([part.aws_cli for part in parts], "\n"),
        _joined([part.terraform for part in parts], "\n\n"),
        tuple(change for part in parts for change in part.changes),
    )


def _joined(parts: Sequence[str | None], between: str) -> str | None:
    whole = [part for part in parts if part is not None]
    return between.join(whole) if len(whole) == len(parts) else None


def _with_commands(
    text: str, changes: Sequence[Changed], commands: tuple[str, str | None] | None
) -> Remedy:
    """Without commands nothing is proposed that could be tried."""
    if commands:
        return Remedy(text, *commands, tuple(changes))
    return Remedy(text, check=f"{NOT_AGAIN}: no command makes it")


def _exclusion(finding: Mapping[str, Any], known: Known) -> Remedy:
    """Leave the smallest part out of Block Public Access that will do.

    What knocks from the internet is mostly not wanted, so that gets no command.
    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-exclusions.html
    """
    text = (
        "If this traffic is wanted, exclude the VPC or subnet from VPC Block Public Access "
        "(create-vpc-block-public-access-exclusion); its owner decides."
    )
    alone = len(known.subnet_ids) == 1
    part, one = ("subnet", known.subnet_ids[0]) if alone else ("vpc", finding["vpc_id"])
    why = f"{NOT_AGAIN}: what an exclusion lets through is not judged"
    if finding["direction"] != "egress" or not are_plain([one]):
        return Remedy(text, check=why)
    mode: dict[str, Value] = {"internet_gateway_exclusion_mode": "allow-egress"}
    cli = aws(
        "create-vpc-block-public-access-exclusion",
        known.region,
        option(f"{part}-id", one),
        "--internet-gateway-exclusion-mode allow-egress",
    )
    kind = "aws_vpc_block_public_access_exclusion"
    return Remedy(text, cli, resource(kind, [one], {f"{part}_id": one} | mode), check=why)


def is_expired(finding: Mapping[str, Any]) -> bool:
    """Return whether a setting of the interface is what its late packets missed."""
    return (finding.get("nearest_miss") or {}).get("why") == "expired"


def _timeout(near: Mapping[str, Any], known: Known) -> Remedy:
    """Keep what is idle for longer, or let it not be idle; an interface of AWS's cannot be set.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/modify-network-interface-attributes.html
    """
    interface, setting = near["element_id"], near["rule"]
    text = (
        f"No rule is to be changed: a connection was idle for longer than {interface} keeps it "
        f"({setting}, in seconds). Let its ends send keepalives more often, or let the interface "
        "keep it for longer than its longest pause; one that AWS manages cannot be changed."
    )
    cli = aws(
        "modify-network-interface-attribute",
        known.region,
        option("network-interface-id", interface),
        f"--connection-tracking-specification TcpEstablishedTimeout={_LONGER}",
    )
    why = f"{NOT_AGAIN}: how long connections are idle is not judged"
    return Remedy(text, cli if are_plain([interface]) else None, check=why)


_MAKING: dict[str, Callable[[Mapping[str, Any], Known], Remedy]] = {
    "sg_ingress_miss": _group,
    "sg_egress_miss": _group,
    "sg_reference_ineffective": _instead_of_reference,
    "sg_and_nacl": _both,
    "block_public_access": _exclusion,
}
# What a change of groups, ACLs or Block Public Access would let pass.
CHANGEABLE = (
    *_MAKING,
    *(f"nacl_{way}_deny{answer}" for way in ("ingress", "egress") for answer in ("", "_reply")),
)
_SETTLED = {
    "encryption_control": Remedy(
        "The VPC enforces encryption in transit: use an encrypted path, or exclude the resource "
        "from the VPC's encryption controls."
    ),
    "late_packet": Remedy(
        "Nothing is to be changed: it came after its connection was closed or had expired."
    ),
    "no_tracked_connection": Remedy(
        "No rule is to be changed: its connection was closed, has expired or takes two ways."
    ),
    "unsolicited_packet": Remedy(
        "Nothing is to be changed: nobody asked for it, and no rule wants it."
    ),
}
