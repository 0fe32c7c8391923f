"""AWS services that answer from recorded answers, in pages of three, in their own protocols.

Who asks is told by the access key, where by the signature's scope; a role's keys are named after
its account. What is not recorded is denied.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html
"""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import botocore.session
from botocore import xform_name

SERVICES = [botocore.session.get_session().get_service_model(one) for one in ("ec2", "elbv2")]
OPERATIONS = {name: one.operation_model(name) for one in SERVICES for name in one.operation_names}
CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([a-z0-9-]+)/")
PAGE = 3
ERROR = "<Error><Code>UnauthorizedOperation</Code><Message>not recorded</Message></Error>"
DENIED = {
    "ec2": f"<Response><Errors>{ERROR}</Errors></Response>",
    "elbv2": f"<ErrorResponse>{ERROR}</ErrorResponse>",
}


@contextmanager
def served(folder):
    """Serve what is in `folder`/accounts/<id>/<Region>/<command>[--<id>].json; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            key, region = CREDENTIAL.search(self.headers["Authorization"]).groups()
            account = key[-12:]
            if asked["Action"] == "AssumeRole":
                text = role(asked["RoleArn"])
            elif asked["Action"] == "GetCallerIdentity":
                text = identity(account)
            else:
                text = recorded(folder / "accounts" / account / region, asked)
            data = text.encode()
            self.send_response(403 if text in DENIED.values() else 200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def role(arn):
    keys = f"<AccessKeyId>ASIA{arn.split(':')[4]}</AccessKeyId><SecretAccessKey>x</SecretAccessKey>"
    token = "<SessionToken>x</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
    result = f"<AssumeRoleResult><Credentials>{keys}{token}</Credentials></AssumeRoleResult>"
    return f"<AssumeRoleResponse>{result}</AssumeRoleResponse>"


def identity(account):
    told = f"<Account>{account}</Account><Arn>arn:aws:sts::{account}:assumed-role/audit/x</Arn>"
    result = f"<GetCallerIdentityResult>{told}</GetCallerIdentityResult>"
    return f"<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>"


def recorded(place, asked):
    command, operation = xform_name(asked["Action"], "-"), OPERATIONS[asked["Action"]]
    files = [place / f"{command}--{value.replace('/', '%2F')}.json" for value in asked.values()]
    found = [file for file in (place / f"{command}.json", *files) if file.is_file()]
    if not found:
        return DENIED[operation.service_model.service_name]
    body, shape = json.loads(found[0].read_text()), operation.output_shape
    listed = [name for name, value in body.items() if isinstance(value, list)]
    if listed and "NextToken" in shape.members:
        begin = int(asked.get("NextToken", 0))
        rest = body[listed[0]][begin:]
        body = body | {listed[0]: rest[:PAGE]}
        body |= going_on(body, begin + PAGE) if len(rest) > PAGE else {}
    text, wrapper = written(body, shape), shape.serialization.get("resultWrapper")
    text = f"<{wrapper}>{text}</{wrapper}>" if wrapper else text
    return f"<{asked['Action']}Response>{text}</{asked['Action']}Response>"


def going_on(body, begin):
    """Return what a page says that is not the last; of routes it is said in two ways.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SearchTransitGatewayRoutes.html
    """
    more = {"AdditionalRoutesAvailable": True} if "AdditionalRoutesAvailable" in body else {}
    return more | {"NextToken": str(begin)}


def written(value, shape):
    """Write a value as its service writes one of its shape."""
    if shape.type_name == "structure":
        return "".join(
            element(shape.members[name], name, inner)
            for name, inner in value.items()
            if name in shape.members
        )
    if shape.type_name == "list":
        tag = shape.member.serialization.get("name", "member")
        return "".join(f"<{tag}>{written(one, shape.member)}</{tag}>" for one in value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def element(shape, name, value):
    tag = shape.serialization.get("name", name)
    return f"<{tag}>{written(value, shape)}</{tag}>"
