"""A stand-in for the AWS CLI, made of the same botocore: `aws SERVICE COMMAND [--option value]`.

It has as much of it as the script of a snapshot uses: pages put together, --query in JMESPath,
--output json and text, errors on stderr with exit code 254. The program `aws` only sends its
arguments to this process, which need not import botocore for each of a hundred calls.
https://docs.aws.amazon.com/cli/latest/topic/return-codes.html
"""

import json
import socketserver
import sys
import threading
from contextlib import contextmanager

import boto3
import jmespath
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

# Python without its site starts in a hundredth of a second.
PROGRAM = """#!{python} -IS
import json, os, socket, sys
with socket.create_connection(("127.0.0.1", {port})) as line:
    region = os.environ.get("AWS_DEFAULT_REGION")
    line.sendall(json.dumps([region, sys.argv[1:]]).encode() + b"\\n")
    code, said = json.loads(line.makefile().read())
print(said, end="", file=sys.stderr if code else sys.stdout)
sys.exit(code)
"""


@contextmanager
def installed(folder, endpoint):
    """Put the program into a folder for as long as it is served; it asks that endpoint."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            region, arguments = json.loads(self.rfile.readline())
            self.wfile.write(json.dumps(answer(endpoint, region, *arguments)).encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        program = folder / "aws"
        program.write_text(PROGRAM.format(python=sys.executable, port=server.server_address[1]))
        program.chmod(0o755)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield
        server.shutdown()


def answer(endpoint, region, service, command, *options):
    """Return the exit code and what is printed."""
    if (service, command) == ("configure", "get"):
        return 0, f"{region}\n"
    told = dict(zip(options[::2], options[1::2], strict=True))
    query, form = told.pop("--query", None), told.pop("--output")
    quick = Config(retries={"total_max_attempts": 1})
    client = boto3.client(service, region, endpoint_url=endpoint, config=quick)
    operation = command.replace("-", "_")
    try:
        value = ask(client, operation, dict(parameters(client, operation, told)))
    except (ClientError, ResponseParserError) as error:
        return 254, f"aws: {str(error)[:200]}\n"
    value.pop("ResponseMetadata", None)
    return 0, written(jmespath.search(query, value) if query else value, form)


def parameters(client, operation, told):
    """Yield parameters as the API names them; what is no text is written in JSON."""
    api = client.meta.method_to_api_mapping[operation]
    members = client.meta.service_model.operation_model(api).input_shape.members
    names = {"--" + xform_name(name, "-"): name for name in members}
    for option, value in told.items():
        yield names[option], json.loads(value) if value[0] in "[{" else value


def ask(client, operation, asked):
    if client.can_paginate(operation):
        return client.get_paginator(operation).paginate(**asked).build_full_result()
    return getattr(client, operation)(**asked)


def written(value, form):
    if form == "json":
        return json.dumps(value, default=lambda time: time.isoformat(), indent=4) + "\n"
    return ("\t".join(value) if isinstance(value, list) else value) + "\n"
