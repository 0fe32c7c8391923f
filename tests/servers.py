"""Real servers for the tests, each on free ports of 127.0.0.1 for as long as the tests last."""

import json
import logging
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

from pipeline.sources import aws
from pipeline.sources.access import Access

KEYS = {"accessKey": "testkey", "secretKey": "testsecret"}
ENVIRON = {
    "AWS_ACCESS_KEY_ID": KEYS["accessKey"],
    "AWS_SECRET_ACCESS_KEY": KEYS["secretKey"],
}
EC2_ERROR = b"<Response><Errors><Error><Code>%s</Code></Error></Errors></Response>"
QUICK = Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=5)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    with s3(tmp_path_factory.mktemp("weed")) as endpoint:
        yield endpoint


@contextmanager
def s3(folder):
    """Run a server that keeps its data in a folder, and yield its address."""
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
    log = folder / "weed.log"
    with log.open("wb") as said:
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
            wait_for(server, endpoint, log)
            yield endpoint
        finally:
            # It would wait for connections that its clients keep; nobody wants its data any more.
            server.kill()
            server.wait()


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
    access_to(s3_server, monkeypatch)
    return Bucket(s3_server, f"logs-{uuid4().hex[:12]}")


def wait_for(server, endpoint, log):
    for _ in range(360):
        try:
            client(endpoint).create_bucket(Bucket="ready")
            return
        except Exception:
            assert server.poll() is None, log.read_text(errors="replace")[-2000:]
            time.sleep(0.5)
    raise AssertionError(log.read_text(errors="replace")[-2000:])


@pytest.fixture(scope="session")
def moto_server():
    # It takes a second to import, which only the tests that need it are to pay.
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def cloud(moto_server, monkeypatch):
    """An AWS with nothing in it: the Access to it."""
    request = urllib.request.Request(f"{moto_server}/moto-api/reset", method="POST")
    urllib.request.urlopen(request).close()
    return access_to(moto_server, monkeypatch)


def access_to(endpoint, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS["accessKey"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS["secretKey"])
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    aws.client.cache_clear()
    return Access(endpoint_url=endpoint)


class Played:
    """A server of AWS's JSON protocol that gives the answers it was told to, in their order.

    An answer is what the call returns; or bytes: a body as it comes (of EC2 and STS it is XML); or
    a text: the code of an error; or the status of an answer of nothing else, as a gateway gives it;
    or a function of what is asked that returns one of these. The last answer of a call is given
    again for ever; `asked` has all calls with what they asked.
    """

    def __init__(self):
        self.clear()
        played = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                target = self.headers["X-Amz-Target"]
                asked = json.loads(body) if target else dict(parse_qsl(body))
                call = target.rpartition(".")[2] if target else asked["Action"]
                played.asked.append((call, asked))
                answers = played.answers[call]
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                answer = answer(asked) if callable(answer) else answer
                status = 200
                if isinstance(answer, int):
                    status, answer = answer, b""
                elif isinstance(answer, str):
                    error = {"__type": answer, "message": "as played"}
                    status, answer = 400, error if target else EC2_ERROR % answer.encode()
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def clear(self):
        self.answers, self.asked = defaultdict(list), []

    def play(self, call, *answers):
        self.answers[call] += answers

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture(scope="session")
def played_server():
    server = Played()
    yield server
    server.stop()


@pytest.fixture
def played(played_server):
    played_server.clear()
    return played_server


@pytest.fixture
def played_access(played, monkeypatch):
    return access_to(played.endpoint, monkeypatch)


@pytest.fixture
def export_of(cloud, monkeypatch):
    """Return how to plan an export of the log group flow-logs to a bucket, in eu-west-1."""
    from moto.logs import models

    from pipeline.sources import export_task

    # AWS puts an export below its task's id, moto below an id of each stream's own.
    tasks = models.logs_backends["123456789012"]["eu-west-1"].export_tasks

    def one_id():
        active = [task.task_id for task in tasks.values() if task.status["code"] == "active"]
        return active[0] if active else uuid4()

    monkeypatch.setattr(models, "mock_random", SimpleNamespace(uuid4=one_id))
    where = {"LocationConstraint": "eu-west-1"}
    s3 = aws.client(cloud, "s3", "eu-west-1")
    s3.create_bucket(Bucket="exports", CreateBucketConfiguration=where)

    def plan(since, until):
        return export_task.plan("flow-logs", since, until, "exports", "here", cloud, "eu-west-1")

    return plan
