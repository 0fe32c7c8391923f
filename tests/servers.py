"""Real servers for the tests, each on free ports of 127.0.0.1 for as long as the tests last."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

from pipeline.sources import aws

KEYS = {"accessKey": "testkey", "secretKey": "testsecret"}
ENVIRON = {
    "AWS_ACCESS_KEY_ID": KEYS["accessKey"],
    "AWS_SECRET_ACCESS_KEY": KEYS["secretKey"],
}
QUICK = Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=5)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weed")
    identity = {
        "name": "test",
        "credentials": [KEYS],
        "actions": ["Admin", "Read", "Write", "List"],
    }
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [identity]}))
    roles = ("master", "filer", "volume", "s3", "admin")
    ports = free_ports(2 * len(roles))
    told = [f"-{role}.port={ports.pop()}" for role in roles]
    told += [f"-{role}.port.grpc={ports.pop()}" for role in roles]
    said = (folder / "weed.log").open("wb")
    server = subprocess.Popen(
        [
            Path(sys.executable).parent / "weed",
            "mini",
            f"-dir={folder}",
            f"-s3.config={config}",
            *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"),
            *("-webdav=false", "-admin.ui=false", "-s3.iam=false"),
            *("-s3.port.iceberg=0", "-s3.port.lance=0"),
            *told,
        ],
        cwd=folder,
        stdout=said,
        stderr=said,
    )
    endpoint = "http://127.0.0.1:" + told[roles.index("s3")].partition("=")[2]
    try:
        wait_for(server, endpoint, folder / "weed.log")
        yield endpoint
    finally:
        server.terminate()
        server.wait(20)
        said.close()


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def client(endpoint):
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=KEYS["accessKey"],
        aws_secret_access_key=KEYS["secretKey"],
        config=QUICK,
    )


class Bucket:
    """A bucket of the server's, and a way to fill it."""

    def __init__(self, endpoint, name):
        self.name, self.endpoint, self.client = name, endpoint, client(endpoint)
        self.client.create_bucket(Bucket=name)

    def put(self, key, body):
        return self.client.put_object(Bucket=self.name, Key=key, Body=body)


@pytest.fixture
def bucket(s3_server, monkeypatch):
    """A new bucket, and the keys to it where boto3 looks for them."""
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    aws.client.cache_clear()
    return Bucket(s3_server, f"logs-{uuid4().hex[:12]}")


def wait_for(server, endpoint, log):
    for _ in range(120):
        try:
            client(endpoint).create_bucket(Bucket="ready")
            return
        except Exception:
            assert server.poll() is None, log.read_text(errors="replace")[-2000:]
            time.sleep(0.5)
    raise AssertionError(log.read_text(errors="replace")[-2000:])
