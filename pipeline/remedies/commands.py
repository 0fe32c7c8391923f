"""AWS CLI and Terraform, quoted: what stands in them comes from data, and none of it is trusted.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-quoting-strings.html
https://developer.hashicorp.com/terraform/language/expressions/strings
"""

import re
import shlex
from collections.abc import Mapping, Sequence
from ipaddress import ip_network

# A number that AWS or the user chose, true or false stand as they are; text is quoted.
Value = str | int | bool
_PLAIN_ID = re.compile(r"[a-z]+(-[0-9a-z]+)+")
_NOT_OF_NAMES = re.compile("[^0-9A-Za-z]")
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def are_plain(ids: Sequence[str | None]) -> bool:
    """Return whether these are ids as AWS writes them: what else stands there makes no command."""
    return all(one is not None and _PLAIN_ID.fullmatch(one) for one in ids)


def is_block(text: str) -> bool:
    """Return whether a text is a block of addresses."""
    try:
        return ip_network(text, strict=False) is not None
    except ValueError:
        return False


def aws(call: str, region: str | None, *options: str) -> str:
    """Return a command, on lines that a shell takes for one: an option, or a few, on each.

    Without a Region it is that of whoever runs the command.
    """
    first = f"aws ec2 {call}" + (f" {option('region', region)}" if region else "")
    return " \\\n  ".join([first, *options])


def option(name: str, value: Value) -> str:
    """Return an option of a command with its value, quoted for the shell."""
    return f"--{name} {shlex.quote(str(value))}"


def block_option(block: str, before: str = "") -> str:
    """Return the option for a block: the call has one for IPv4 and one for IPv6."""
    return option(f"{before}{'ipv6-' if ':' in block else ''}cidr-block", block)


def block_argument(block: str, before: str = "") -> dict[str, Value]:
    """Return a resource's argument for a block, likewise."""
    return {f"{before}{'ipv6_' if ':' in block else ''}cidr_block": block}


def resource(kind: str, told_by: Sequence[Value], arguments: Mapping[str, Value]) -> str:
    """Return a Terraform resource; its name is made of what tells it from others of its kind."""
    name = _name(told_by)
    widest = max(map(len, arguments))
    lines = [f"  {key:<{widest}} = {_hcl(value)}" for key, value in arguments.items()]
    return "\n".join([f'resource "{kind}" "{name}" {{', *lines, "}"])


def _name(told_by: Sequence[Value]) -> str:
    """Return a name that HCL takes, the same for the same: letters, digits and underscores.

    https://developer.hashicorp.com/terraform/language/syntax/configuration#identifiers
    """
    name = _NOT_OF_NAMES.sub("_", "_".join(map(str, told_by)))
    return name if name[:1].isalpha() else f"_{name}"


def _hcl(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else quoted(value)


def quoted(text: str) -> str:
    """Return a text as a string of HCL: nothing in it ends the string, nor is it a template."""
    escaped = "".join(map(_escape, text)).replace("${", "$${").replace("%{", "%%{")
    return f'"{escaped}"'


def _escape(character: str) -> str:
    if character in _ESCAPED:
        return _ESCAPED[character]
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
