"""What stands in a command or in Terraform is text there, whatever it holds."""

import re
import subprocess

import pytest

from pipeline.remedies.commands import aws, option, quoted, resource

HOSTILE = [
    "a b",
    "'; reboot; '",
    "$(reboot)",
    "`reboot`",
    '"',
    "\\",
    "a\nb",
    "-x",
    "\u00fc\u65e5",
    "*",
    "~",
    "!!",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_shell_takes_a_value_for_one_word(hostile) -> None:
    command = aws("create-tags", None, option("resources", "sg-1"), option("tags", hostile))
    told = ["ec2", "create-tags", "--resources", "sg-1", "--tags", hostile]
    assert words(command) == told
    placed = aws("create-tags", hostile, option("resources", "sg-1"))
    assert words(placed) == ["ec2", "create-tags", "--region", hostile, "--resources", "sg-1"]


def words(command: str) -> list[str]:
    """Run a command in a shell that has an `aws` of ours, which tells its arguments."""
    script = f"aws() {{ printf '%s\\0' \"$@\"; }}\n{command}"
    ran = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True)
    return ran.stdout.split("\0")[:-1]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('a"b', '"a\\"b"'),
        ("a\\b", '"a\\\\b"'),
        ("a\nb\tc\r", '"a\\nb\\tc\\r"'),
        ("${path.module}", '"$${path.module}"'),
        ("%{ if true }", '"%%{ if true }"'),
        ("\x1b[31m", '"\\u001b[31m"'),
        ("\u202e", '"\\u202e"'),
        ("\U000e0041", '"\\U000e0041"'),
        ("\u00fc", '"\u00fc"'),
    ],
)
def test_hcl_takes_a_value_for_text(text, written) -> None:
    assert quoted(text) == written


def test_a_resource_is_laid_out_and_named_by_what_tells_it_from_others() -> None:
    made = resource("aws_x", ["rtb-0a", "10.1.0.0/16"], {"id": "a", "longer": 1, "is_it": False})
    assert made == (
        'resource "aws_x" "rtb_0a_10_1_0_0_16" {\n  id     = "a"\n  longer = 1\n  is_it  = false\n}'
    )


@pytest.mark.parametrize("hostile", [*HOSTILE, "", "1", "sg-1", '" {}\nresource "x" "y', "${a}"])
def test_the_name_of_a_resource_is_one_that_hcl_takes(hostile) -> None:
    first = resource("aws_x", [hostile], {"id": 1}).split("\n")[0]
    assert re.fullmatch('resource "aws_x" "[A-Za-z_][A-Za-z0-9_]*" {', first)


def test_addresses_that_differ_make_names_that_differ() -> None:
    blocks = ["10.1.0.0/16", "10.10.0.0/16", "2001:db8::1:0/128", "2001:db8:1::/128", "1::/64"]
    assert len({resource("aws_x", ["rtb-1", block], {"id": 1}) for block in blocks}) == len(blocks)
