"""What stands in a command or in Terraform is text there, whatever it holds."""

import subprocess

import pytest

from pipeline.remedies.commands import aws, option, quoted, resources

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


def test_resources_are_laid_out_and_numbered() -> None:
    made = resources("aws_x", [{"id": "a", "longer": 1}, {"is_it": False}])
    assert made == (
        'resource "aws_x" "flowcause" {\n  id     = "a"\n  longer = 1\n}\n\n'
        'resource "aws_x" "flowcause_2" {\n  is_it = false\n}'
    )
