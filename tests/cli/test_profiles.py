"""A profile of the AWS settings, named on the command line: what it has is what is used."""

import re
from functools import partial

import pytest
from command import flowcause
from servers import ENVIRON, KEYS

SETTINGS = f"""
[profile shop]
region = eu-west-1
aws_access_key_id = {KEYS["accessKey"]}
aws_secret_access_key = {KEYS["secretKey"]}

[profile nobody]
aws_access_key_id = nobody
aws_secret_access_key = {KEYS["secretKey"]}
"""


@pytest.fixture
def run(bucket, tmp_path):
    """Return a function that runs a command with these settings; the bucket has one object."""
    bucket.put("a.log", b"interface-id start\neni-1 1772452800\n")
    (tmp_path / "settings").write_text(SETTINGS)
    config = {"AWS_CONFIG_FILE": str(tmp_path / "settings"), "HOME": str(tmp_path)}
    return partial(flowcause, cwd=tmp_path, **config)


@pytest.fixture
def ingest(run, bucket, proxy):
    """Return a function that ingests the bucket through the proxy."""
    return partial(run, "ingest", "s3", f"s3://{bucket.name}/", "--endpoint-url", proxy.endpoint)


def signed(proxy):
    """Return the keys and Regions that the requests were signed with."""
    told = (one.headers["Authorization"] for one in proxy.requests)
    return {re.search(r"Credential=(\w+)/\d+/([\w-]+)/s3/", one).groups() for one in told}


def test_requests_are_signed_with_the_keys_of_the_profile_for_its_region(ingest, proxy) -> None:
    ran = ingest("--profile", "shop")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("1 of 1 objects ingested.\n")
    assert signed(proxy) == {(KEYS["accessKey"], "eu-west-1")}


def test_an_endpoint_of_the_usual_aws_settings_is_heeded(run, bucket, proxy) -> None:
    ran = run("ingest", "s3", f"s3://{bucket.name}/", AWS_ENDPOINT_URL_S3=proxy.endpoint, **ENVIRON)
    assert ran.stdout.startswith("1 of 1 objects ingested.\n"), ran.stderr
    assert proxy.requests


def test_a_profile_named_goes_before_the_environment(ingest, proxy) -> None:
    ran = ingest("--profile", "nobody", AWS_PROFILE="shop", **ENVIRON)
    assert ran.returncode == 2
    assert "does not accept the credentials (InvalidAccessKeyId)" in ran.stderr
    assert {key for key, _ in signed(proxy)} == {"nobody"}


def test_a_source_of_the_file_has_a_profile_of_its_own(bucket, proxy, tmp_path, run) -> None:
    source = f'[[source]]\nkind = "s3"\nuri = "s3://{bucket.name}/"\nprofile = "shop"\n'
    (tmp_path / "flowcause.toml").write_text(f'{source}endpoint_url = "{proxy.endpoint}"\n')
    ran = run("ingest")
    assert ran.stdout.startswith("1 of 1 objects ingested.\n"), ran.stderr
    assert signed(proxy) == {(KEYS["accessKey"], "eu-west-1")}
