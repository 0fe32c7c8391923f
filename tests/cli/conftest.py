"""The command line in this process, with nothing of the machine's own AWS settings."""

import sys
from types import SimpleNamespace

import pytest
import servers
from botocore.config import Config

from pipeline import cli
from pipeline.sources import aws


@pytest.fixture
def refusal(tmp_path, monkeypatch, capsys):
    """Return a function that runs `flowcause ARGUMENTS --lake …`, which AWS refuses, and returns
    the one line on stderr; it has the keys, and pauses for nothing.
    """
    settled = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=5)
    monkeypatch.setattr(aws, "_CONFIG", settled)
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda seconds: None))
    monkeypatch.setattr("pipeline.sources.insist._FIRST_PAUSE", 0)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in servers.ENVIRON.items():
        monkeypatch.setenv(name, value)
    aws.client.cache_clear()

    def said(*arguments) -> str:
        argv = ["flowcause", *arguments, "--lake", str(tmp_path / "lake")]
        monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert servers.KEYS["secretKey"] not in line
        assert line.startswith("flowcause: ")
        return line

    yield said
    aws.client.cache_clear()
