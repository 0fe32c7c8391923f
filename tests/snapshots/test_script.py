"""The script of a snapshot, with a stand-in for the AWS CLI that tells where it is asked."""

import os
import re
import subprocess

import pytest

from pipeline.lake.calls import CALLS
from pipeline.snapshots.answers import find
from pipeline.snapshots.script import script

ACCOUNT = "047615872826"
AWS = f"""#!/bin/sh
case "$1 $2" in
    "sts get-caller-identity") echo {ACCOUNT} ;;
    "configure get") [ -n "$CONFIGURED" ] && echo "$CONFIGURED" ;;
    "ec2 describe-vpcs") echo '{{"Vpcs": []}}' ;;
    *) exit 254 ;;
esac
"""


@pytest.fixture
def run(tmp_path):
    """Return a function that runs the script with settings and Regions, and tells its folder."""
    (tmp_path / "aws").write_text(AWS)
    (tmp_path / "aws").chmod(0o755)

    def run(*regions, **settings):
        path = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CONFIGURED": ""}
        calls = [call for call in CALLS if call.name == "describe-vpcs"]
        ran = subprocess.run(
            ["/bin/sh", "-s", "--", *regions],
            input=script(calls),
            cwd=tmp_path,
            env=path | settings,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return ran, next(tmp_path.glob("snapshot-*"), None)

    return run


@pytest.mark.parametrize(
    ("settings", "region"),
    [
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "ap-southeast-2", "CONFIGURED": "us-east-1"}, "ap-southeast-2"),
        ({"CONFIGURED": "eu-west-3"}, "eu-west-3"),
    ],
)
def test_the_region_is_the_one_that_the_settings_name(run, settings, region) -> None:
    _, folder = run(**settings)
    assert [answer.region for answer in find(folder).answers] == [region]


def test_without_a_region_nothing_is_asked(run) -> None:
    ran, folder = run()
    assert (ran.returncode, folder) == (2, None)
    assert "no Region is set" in ran.stderr


def test_when_each_call_was_made_is_written_beside_its_answer(run) -> None:
    _, folder = run("eu-west-1")
    (answer,) = find(folder).answers
    assert answer.started <= answer.finished
    text = answer.file.with_name("times.txt").read_text()
    assert re.fullmatch(r"(\S+Z) (\S+Z) describe-vpcs\.json\n", text)
