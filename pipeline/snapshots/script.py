"""A snapshot without flowcause at hand: a shell script of AWS CLI calls that saves what it reads.

It wants the AWS CLI alone, and runs where flowcause cannot: in an account without a way out, or in
AWS CloudShell. What it saves is the folder that `flowcause snapshot load` reads.
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output.html
"""

import json
import re
from collections.abc import Iterable, Iterator
from shlex import quote
from typing import Any

from pipeline.lake.calls.call import About, Call

_HEAD = """\
#!/bin/sh
# Saves how an account is configured, as the AWS CLI tells it, below a folder that is named after
# the time. Run it with the credentials of the account:  sh snapshot.sh [REGION...]
# A call that is refused is said and left out. Load the folder with the line it prints at its end.
set -u
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
started=$(now)
account=$(aws sts get-caller-identity --query Account --output text) || exit 2
[ $# -gt 0 ] || set -- "${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}"
if [ -z "$1" ]; then
    echo "no Region is set: name some, sh snapshot.sh eu-west-1 us-east-1" >&2
    exit 2
fi
top="snapshot-$(echo "$started" | tr -d :-)"
umask 077

# save FILE COMMAND...: what the command prints, and when it was asked, or nothing where it fails
save() {
    name="$1.json"
    file="$folder/$name"
    shift
    begun=$(now)
    if aws "$@" --output json > "$file"; then
        echo "$begun $(now) $name" >> "$folder/times.txt"
    else
        echo "left out: aws $*" >&2
        rm -f "$file"
    fi
}

# each COMMAND...: what the command prints, a line each
each() { aws "$@" --output text | tr '\\t' '\\n' | grep -v -e '^None$' -e '^$'; }

# named ID: an id as a file may be called
named() { printf %s "$1" | sed 's,%,%25,g; s,/,%2F,g'; }
"""
_TAIL = """\
echo "flowcause snapshot load $top --at $started"
"""


def script(calls: Iterable[Call]) -> str:
    """Return a POSIX shell script that makes the calls, and what they build on, in Regions."""
    wanted = list(calls)
    lines = [_HEAD, 'for region in "$@"; do', '    folder="$top/accounts/$account/$region"']
    lines += ['    mkdir -p "$folder"', "    export AWS_DEFAULT_REGION=$region AWS_REGION=$region"]
    lines += _of(wanted, everywhere=False)
    lines += ["done", "", "# What is the same from every Region."]
    lines += _of(wanted, everywhere=True, indent="")
    return "\n".join([*lines, "", _TAIL])


def _of(calls: list[Call], everywhere: bool, indent: str = "    ") -> Iterator[str]:
    for call in calls:
        if call.everywhere == everywhere:
            yield from (f"{indent}{line}" for line in _lines(call, calls))


def _lines(call: Call, calls: list[Call]) -> Iterator[str]:
    command = " ".join([call.service, call.name, *_options(call.asked)])
    if call.about is None:
        yield f"save {call.name} {command}"
        return
    (source,) = (one for one in calls if one.name == call.about.call)
    option = _option(call.about.parameter)
    # Where a call is made once an attribute, the attribute tells its answers apart.
    further = "".join(f"--{told}" for told in call.asked.values() if isinstance(told, str))
    yield f"each {source.service} {source.name} --query {quote(_query(source, call.about))} |"
    yield "    while read -r id; do"
    yield f'        save "{call.name}--$(named "$id"){further}" {command} {option} "$id"'
    yield "    done"


def _query(source: Call, about: About) -> str:
    """Return what of an answer are the ids, in JMESPath. https://jmespath.org/specification.html"""
    told = "".join(f"[?{path} == `{json.dumps(value)}`]" for path, value in about.where) or "[]"
    return f"{source.key}{told}.{about.field}"


def _options(asked: dict[str, Any]) -> Iterator[str]:
    for name, value in asked.items():
        told = value if isinstance(value, str) else json.dumps(value)
        yield f"{_option(name)} {quote(told)}"


def _option(parameter: str) -> str:
    return "--" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", parameter).lower()
