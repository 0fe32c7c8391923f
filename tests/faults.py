"""A proxy before a server of AWS's, on a free port of 127.0.0.1, that breaks answers by plan."""

import os
import socket
import struct
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import pytest
import servers
from botocore.config import Config

from pipeline.sources import aws, insist


@dataclass(frozen=True)
class Request:
    """A request as it came: its number, counted from 1, its kind, its path and headers.

    The kind of S3's requests is "list" or "get", of others' the call: "FilterLogEvents".
    """

    number: int
    kind: str
    path: str
    headers: Message


@dataclass(frozen=True)
class Refusal:
    """An answer in S3's own words, instead of the server's."""

    status: int
    code: str
    message: str = "..."
    region: str | None = None


def plainly(handler, body) -> None:
    handler.answer(body, len(body))


def reset(handler, body) -> None:
    """Reset the connection in mid-body."""
    handler.answer(body[: len(body) // 2], len(body))
    handler.hang_up(reset=True)


def cut(handler, body) -> None:
    """Close the connection in mid-body."""
    handler.answer(body[: len(body) // 2], len(body))
    handler.hang_up()


def shorten(handler, body) -> None:
    """Leave the second half away and say so: only who knows the size can tell."""
    handler.answer(body[: len(body) // 2], len(body) // 2)


def empty(handler, body) -> None:
    handler.answer(b"", 0)


def stall(handler, body) -> None:
    """Send half and then nothing more until the client gives up."""
    handler.answer(body[: len(body) // 2], len(body))
    handler.wait()


def say_nothing(handler, body) -> None:
    """Do not answer at all until the client gives up."""
    handler.wait()


def corrupt(handler, body) -> None:
    """Change some bytes in mid-body."""
    middle = len(body) // 2
    damaged = body[:middle] + bytes(b ^ 1 for b in body[middle : middle + 4]) + body[middle + 4 :]
    handler.answer(damaged, len(body))


ERROR = Refusal(500, "InternalError", "We encountered an internal error. Please try again.")
SLOW_DOWN = Refusal(503, "SlowDown", "Please reduce your request rate.")
EXPIRED = Refusal(400, "ExpiredToken", "The provided token has expired.")
# What goes away by itself, for an object and for a listing, whose bytes have no digest.
LISTING = {
    "500": ERROR,
    "503": SLOW_DOWN,
    "reset": reset,
    "cut": cut,
    "shortened": shorten,
    "empty": empty,
    "stalled": stall,
    "silent": say_nothing,
}
OBJECT = {**LISTING, "corrupt": corrupt}


def hurry(patch):
    """Try again as in earnest, but without pauses; a stall is one of two seconds."""
    retries = {"mode": "standard", "total_max_attempts": 4}
    told = Config(retries=retries, connect_timeout=5, read_timeout=2, max_pool_connections=32)
    patch.setattr(aws, "_CONFIG", told)
    go_without_pauses(patch)


def go_without_pauses(patch):
    for name, value in servers.ENVIRON.items():
        patch.setenv(name, value)
    patch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda seconds: None))
    patch.setattr(insist, "_FIRST_PAUSE", 0)
    aws.client.cache_clear()


class Proxy(ThreadingHTTPServer):
    """Forwards to a server, save where `plan(request)` returns a fault or a refusal."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, upstream):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream).netloc
        self.endpoint = f"http://127.0.0.1:{self.server_port}"
        self.counting = threading.Lock()
        self.begin()

    def begin(self, plan=lambda request: None) -> None:
        """Follow another plan, and count requests from 1 again."""
        self.plan, self.requests = plan, []

    def handle_error(self, request, client_address) -> None:
        """Keep quiet: a client that hangs up is part of the plan."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        proxy = self.server
        # What the client sends is read before the connection may be broken off.
        told = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with proxy.counting:
            request = Request(len(proxy.requests) + 1, self.kind(), self.path, self.headers)
            proxy.requests.append(request)
        fault = proxy.plan(request)
        if isinstance(fault, Refusal):
            self.refuse(fault)
            return
        upstream = HTTPConnection(proxy.upstream)
        upstream.request(self.command, self.path, told, dict(self.headers))
        response = upstream.getresponse()
        body = response.read()
        upstream.close()
        # What checks a body is to be flowcause, not a checksum that this server happens to send.
        dropped = ("content-length", "transfer-encoding", "connection", "x-amz-checksum")
        headers = [(n, v) for n, v in response.getheaders() if not n.lower().startswith(dropped)]
        self.status, self.sent = response.status, headers
        (fault or plainly)(self, body)

    def refuse(self, refusal) -> None:
        said = f"<Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message>"
        region = f"<Region>{refusal.region}</Region>" if refusal.region else ""
        body = f'<?xml version="1.0"?><Error>{said}{region}</Error>'.encode()
        self.status, self.sent = refusal.status, [("Content-Type", "application/xml")]
        self.answer(body, len(body))

    do_HEAD = do_POST = do_GET

    def kind(self) -> str:
        if call := self.headers.get("X-Amz-Target"):
            return call.rpartition(".")[2]
        return "list" if "list-type=2" in self.path else "get"

    def answer(self, body, length) -> None:
        self.send_response_only(self.status)
        for name, value in self.sent:
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
            self.wfile.flush()

    def hang_up(self, reset=False) -> None:
        self.close_connection = True
        if reset:
            at_once = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            os.close(self.connection.detach())

    def wait(self) -> None:
        """Wait until the client hangs up."""
        self.close_connection = True
        self.connection.recv(1)

    def log_message(self, *told) -> None:
        pass


@contextmanager
def before(upstream):
    """Run a proxy before the server of that address, and yield it."""
    proxy = Proxy(upstream)
    serving = threading.Thread(target=proxy.serve_forever, daemon=True)
    serving.start()
    yield proxy
    proxy.shutdown()
    proxy.server_close()


@pytest.fixture(scope="session")
def _proxy(s3_server):
    with before(s3_server) as proxy:
        yield proxy


@pytest.fixture
def proxy(_proxy):
    """The proxy before the S3 server, without faults as yet."""
    _proxy.begin()
    return _proxy
