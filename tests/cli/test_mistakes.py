"""What a hasty user types: one line that names the thing and says what to do, and exit code 2."""

import json
import os
import sys

import pytest
from command import GOOD

from pipeline import cli
from pipeline.sources import aws

NOWHERE = ["--endpoint-url", "http://127.0.0.1:9"]
MISTAKES = [
    (["ingest", "files"], "Missing argument 'paths': see 'flowcause ingest files --help'"),
    (["ingest", "files", "nowhere"], "nowhere does not exist: name a flow-log file or a folder"),
    (["ingest", "files", "empty"], "empty holds no files: name a folder with flow logs"),
    (["ingest", "files", "pipe"], "pipe is neither a file nor a folder: write what it gives into"),
    (["ingest", "a.log"], "did you mean 'flowcause ingest files a.log'?"),
    (["ingest", "s3://b/p"], "did you mean 'flowcause ingest s3 s3://b/p'?"),
    (["ingest", "file", "a.log"], "No such command 'file'. Did you mean 'files'?"),
    (["ingest", "files", "a.log", "--lak", "x"], "No such option: --lak (Possible options: --lake"),
    (["ingest", "files", "a.log", "--format", "yaml"], "'yaml' is not one of 'terminal', 'json'"),
    (["ingest", "files", "a.log", "--lake", "a.log"], "a file is where a folder should be"),
    (["ingest", "files", "a.log", "--lake", "a.log/x"], "a file is where a folder should be"),
    (["ingest", "files", "a.log", "--lake", "newer"], "newer than this flowcause reads (4): upgr"),
    (["ingest", "files", "a.log", "--lake", "full"], "is no lake and not empty (it holds b.log)"),
    (["ingest", "files", "a.log", "--max-object-size", "-1"], "'-1' is no size: write 500MB"),
    (["ingest", "files", "a.log", "--max-object-size", "0"], "'0' is no size: write 500MB"),
    (["ingest", "files", "a.log", "--log-format", ""], "'' is no log format: write it as"),
    (["ingest", "files", "a.log", "--log-format", "\x1b[31m"], "'\\x1b[31m' is no log format"),
    (["ingest", "files", "a.log", "--log-format", "${version} ${nope}"], "AWS has no field nope"),
    (["ingest", "files", "a.log", "--log-format", "${start} ${start}"], "it has start twice"),
    (["ingest", "s3", "bucket/logs"], "bucket/logs is no S3 address: write it as s3://bucket"),
    (["ingest", "s3", "s3://"], "s3:// is no S3 address: write it as s3://bucket/prefix"),
    (["ingest", "s3", "s3://b", "--since", "yesterday"], "'yesterday' is no time: write 2026-"),
    (["ingest", "s3", "s3://b", "--since", "2026-02-30"], "'2026-02-30' is no time: write 2026-"),
    (["ingest", "s3", "s3://b", "--since", "999999w"], "'999999w' is more than a hundred years"),
    (["ingest", "s3", "s3://b", "--since", "0001-01-01"], "'0001-01-01' is no time of a flow log"),
    (["ingest", "s3", "s3://b", "--since", "9999-12-31T23:00-05:00"], "no time of a flow log"),
    (["ingest", "s3", "s3://b", "--since", "8999-01-01"], "--since 8999-01-01 is yet to come"),
    (["ingest", "s3", "s3://b", "--since", "2d", "--until", "3d"], "2d is not before --until 3d"),
    (["ingest", "s3", "s3://b", "--look-back", "-1h"], "'-1h' is no length of time: write 30m"),
    (["ingest", "s3", "s3://b", "--look-back", "999999w"], "'999999w' is more than a hundred"),
    (
        ["ingest", "s3", "s3://b123", *NOWHERE, "--role-arn", "me"],
        "me: is no role's ARN: write it as",
    ),
    (["ingest", "sqs", "new-logs"], "new-logs is no queue's URL: write it as https://sqs."),
    (["ingest", "cloudwatch", ""], "the log group has no name"),
    (["ingest", "cloudwatch", "g", "--region", "Ireland!"], "'Ireland!' is no Region: write one"),
    (["ingest", "cloudwatch", "g", "--export-to", "bucket"], "bucket is no S3 address"),
    (["lake", "status"], "make one with 'flowcause ingest files PATH', or name another with --l"),
    (["lake", "statu"], "No such command 'statu'. Did you mean 'status'?"),
    (["lake", "verify", "--lake", "a.log"], "no lake at"),
    (["lake", "compact", "--lake", "newer"], "newer than this flowcause reads (4): upgrade"),
    (["lake", "expire", "--older-than", "2099-01-01"], "2099-01-01 is yet to come: name a time"),
    (["attribute", "--since", "x"], "'x' is no time: write 2026-"),
    (["report", "rejects", "--lake", "empty"], "no lake at"),
    (["explain", "--from", "10.0.0.1"], "Missing option '--to': see 'flowcause explain --help'"),
    (["explain", "--from", "a", "--to", "b", "--lake", "empty"], "no lake at"),
    (["explain", "--from", "a", "--to", "b", "--protocol", "x"], "no protocol 'x': write tcp"),
    (["explain", "--from", "a", "--to", "b", "--at", "noon"], "'noon' is no time: write 2026-"),
    (["explain", "--from", "a", "--to", "b", "--at", "2099-01-01"], "2099-01-01 is yet to come"),
    (["nope"], "No such command 'nope': see 'flowcause --help'"),
]
CONFIGURED = [
    (b'[lake]\npaht = "x"\n', "flowcause.toml: [lake] has no key paht: did you mean path?"),
    (b'[tags]\nx = "y"\n', "flowcause.toml: [tags] has no key x: it has owner"),
    (b'[lakes]\npath = "x"\n', "flowcause.toml: there is no lakes: did you mean lake?"),
    (b"\xff\xfe", "flowcause.toml is not valid TOML"),
    (None, "flowcause.toml cannot be read: Is a directory; mend or remove it"),
    (
        b'[[source]]\nkind = "s3"\nuri = "s3://b"\nsince = "x"\n',
        "since of s3://b: 'x' is no time",
    ),
]


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """Return a function that runs a command that is refused, and returns its line."""
    monkeypatch.chdir(tmp_path)
    for name in ("empty", "full", "newer"):
        (tmp_path / name).mkdir()
    os.mkfifo("pipe")
    for name in ("a.log", "full/b.log"):
        (tmp_path / name).write_text(GOOD)
    (tmp_path / "newer" / "lake.json").write_text(json.dumps({"form": 99, "path": "x"}))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobody")
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "FLOWCAUSE_LAKE"):
        monkeypatch.delenv(name, raising=False)
    aws.client.cache_clear()

    def run(*arguments) -> str:
        monkeypatch.setattr(sys, "argv", ["flowcause", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        assert (ended.value.code, out) == (2, "")
        (line,) = err.splitlines()
        assert line.startswith("flowcause: ")
        return line

    yield run
    aws.client.cache_clear()
    assert not (tmp_path / "lake").exists(), "nothing is half-written"


@pytest.mark.parametrize(("arguments", "told"), MISTAKES, ids=[" ".join(m[0]) for m in MISTAKES])
def test_a_mistake_is_one_line(said, arguments, told) -> None:
    line = said(*arguments)
    assert told in line
    assert "\x1b" not in line


@pytest.mark.parametrize(("content", "told"), CONFIGURED)
def test_a_wrong_configuration_is_one_line(said, tmp_path, content, told) -> None:
    file = tmp_path / "flowcause.toml"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    assert told in said("ingest")


def test_a_command_that_is_missing_shows_those_there_are(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["flowcause", "lake"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    assert (ended.value.code, err, "compact" in out) == (2, "", True)
