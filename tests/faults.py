"""A proxy before the S3 server, on a free port of 127.0.0.1, that breaks answers by plan."""

import os
import socket
import struct
import threading
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import pytest


@dataclass(frozen=True)
class Request:
    """A request as it came: its number, counted from 1, "list" or "get", its path and headers."""

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


class Proxy(ThreadingHTTPServer):
    """Forwards to the S3 server, save where `plan(request)` returns a fault or a refusal."""

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
        kind = "list" if "list-type=2" in self.path else "get"
        with proxy.counting:
            request = Request(len(proxy.requests) + 1, kind, self.path, self.headers)
            proxy.requests.append(request)
        fault = proxy.plan(request)
        if isinstance(fault, Refusal):
            self.refuse(fault)
            return
        upstream = HTTPConnection(proxy.upstream)
        upstream.request("GET", self.path, headers=dict(self.headers))
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

    do_HEAD = do_GET

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


@pytest.fixture(scope="session")
def _proxy(s3_server):
    proxy = Proxy(s3_server)
    serving = threading.Thread(target=proxy.serve_forever, daemon=True)
    serving.start()
    yield proxy
    proxy.shutdown()
    proxy.server_close()


@pytest.fixture
def proxy(_proxy):
    """The proxy, without faults as yet."""
    _proxy.begin()
    return _proxy
