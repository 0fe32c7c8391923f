"""Access to AWS: sessions, roles and clients, and its errors as one line that names what to do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from pipeline import __version__
from pipeline.errors import SourceProblem
from pipeline.sources.access import Access
from pipeline.sources.core import core

# The permission that each call wants; what the documentation lists is read from here.
# https://docs.aws.amazon.com/service-authorization/latest/reference/
PERMISSIONS = {
    "AssumeRole": "sts:AssumeRole",
    "ListObjectsV2": "s3:ListBucket",
    "GetObject": "s3:GetObject",
    "DescribeFlowLogs": "ec2:DescribeFlowLogs",
    "GetCallerIdentity": "sts:GetCallerIdentity",
    "HeadObject": "s3:GetObject",
    "DescribeLogGroups": "logs:DescribeLogGroups",
    "FilterLogEvents": "logs:FilterLogEvents",
    "CreateExportTask": "logs:CreateExportTask",
    "DescribeExportTasks": "logs:DescribeExportTasks",
    "ReceiveMessage": "sqs:ReceiveMessage",
    "DeleteMessageBatch": "sqs:DeleteMessage",
}
# Concurrent requests of one client: what hides S3's latency, within one machine's sockets.
CONNECTIONS = 32
# Adaptive retries slow down where the service says so (503 SlowDown, ThrottlingException).
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
_CONFIG = Config(
    retries={"mode": "adaptive", "total_max_attempts": 8},
    connect_timeout=10,
    read_timeout=60,
    max_pool_connections=CONNECTIONS,
    # What CloudTrail shows; to put botocore's own together takes a tenth of a request's time.
    user_agent=f"flowcause/{__version__}",
)
# Where no Region is named: S3 sends a request for a bucket of another Region there by itself, and
# STS answers for all. https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html
_ANYWHERE = {"s3": "us-east-1", "sts": "us-east-1"}
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
_STALE = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_UNKNOWN_KEY = {
    "AuthFailure",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AllAccessDisabled",
    "UnauthorizedOperation",
    "403",
    "Forbidden",
}
_MISSING = {
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "NoSuchKey",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
    "404",
}
_ELSEWHERE = {"301", "PermanentRedirect", "AuthorizationHeaderMalformed"}
# Every way in which a request can end without its answer.
FAILURES = (BotoCoreError, ClientError, ResponseParserError, HTTPError)
_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
)


@cache
def client(access: Access, service: str, region: str | None = None) -> Any:
    """Return a client of a service; the same one each time, for it may be used by many threads.

    Raises SourceProblem where a profile is missing or a role cannot be assumed.
    """
    with told(f"AWS {service}"):
        session = _session(access, region)
        near = session.region_name or _ANYWHERE.get(service)
        try:
            return session.client(service, near, endpoint_url=access.endpoint_url, config=_CONFIG)
        except InvalidRegionError:
            raise
        except ValueError as error:
            raise SourceProblem(f"{error}: write an endpoint as https://host") from error


def _session(access: Access, region: str | None) -> boto3.Session:
    session = boto3.Session(
        profile_name=access.profile, region_name=region, botocore_session=core()
    )
    if access.role_arn is None:
        return session
    if not _ROLE.fullmatch(access.role_arn):
        raise SourceProblem(
            f"{access.role_arn}: is no role's ARN: write it as arn:aws:iam::111122223333:role/name"
        )
    with told(access.role_arn):
        return _assumed(session, access, access.role_arn, region)


def _assumed(
    session: boto3.Session, access: Access, role_arn: str, region: str | None
) -> boto3.Session:
    """Return a session of a role, whose credentials are renewed before they end, an hour each."""
    near = session.region_name or _ANYWHERE["sts"]
    fetcher = AssumeRoleCredentialFetcher(
        partial(session.client, endpoint_url=access.endpoint_url, region_name=near),
        session.get_credentials(),
        role_arn,
        {"RoleSessionName": "flowcause"}
        | ({"ExternalId": access.external_id} if access.external_id else {}),
    )
    credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    credentials.get_frozen_credentials()
    assumed = core()
    # botocore has no public way to hand a session credentials that renew themselves.
    assumed._credentials = credentials
    return boto3.Session(botocore_session=assumed, region_name=region)


@contextmanager
def told(thing: str, action: str | None = None) -> Iterator[None]:
    """Turn boto3's errors about `thing` into a SourceProblem that says what to do.

    `action` is the permission that is wanted, where PERMISSIONS does not have it.
    """
    try:
        yield
    except FAILURES as error:
        raise SourceProblem(f"{thing}: {said(error, action)}") from error


def is_fatal(error: Exception) -> bool:
    """Tell whether an error befalls every further request: the credentials are the trouble."""
    return isinstance(error, _NO_CREDENTIALS) or code(error) in _STALE | _UNKNOWN_KEY


def befalls_all(error: Exception) -> bool:
    """Tell whether an error befalls all of a source: it is denied or missing as a whole."""
    return is_fatal(error) or code(error) in _DENIED | _MISSING


def code(error: Exception) -> str:
    """Return AWS's code of an error; "" where AWS did not answer."""
    return str(error.response["Error"].get("Code", "")) if isinstance(error, ClientError) else ""


def said(error: Exception, action: str | None = None) -> str:
    """Return what went wrong and what to do about it, in one line.

    `action` is the permission that the call wants, where PERMISSIONS does not have it.
    """
    if isinstance(error, ClientError):
        return _answered(error, action)
    if isinstance(error, ProfileNotFound):
        return f"{error}: name one of ~/.aws/config with --profile"
    if isinstance(error, _NO_CREDENTIALS):
        return f"no AWS credentials ({error}): set AWS_PROFILE or --profile, or log in"
    if isinstance(error, InvalidRegionError):
        return f"{error.kwargs['region_name']!r} is no Region: write one like eu-west-1"
    if isinstance(error, NoRegionError):
        return "no Region: name it with --region or AWS_DEFAULT_REGION"
    if isinstance(error, ResponseParserError):
        return "the answer was cut short: run this again"
    if isinstance(error, ConnectionError | HTTPClientError | HTTPError):
        return f"no answer ({error}): check the network, --region and --endpoint-url"
    return " ".join(str(error).split())


def _answered(error: ClientError, action: str | None) -> str:
    operation, known = error.operation_name, code(error)
    message = str(error.response["Error"].get("Message", ""))
    if known in _STALE:
        return f"the AWS credentials have expired ({known}): log in again, then run this again"
    if known in _UNKNOWN_KEY:
        return f"AWS does not accept the credentials ({known}): check the profile or access key"
    if "kms" in known.lower() or "kms:" in message.lower():
        return f"the KMS key refuses ({message}): ask for kms:Decrypt on it"
    if known in _DENIED:
        wanted = action or PERMISSIONS.get(operation, operation)
        # S3 denies without a word what wants its requester to pay.
        payer = " or, where the requester pays, add --requester-pays" * wanted.startswith("s3:")
        return f"access denied ({message}): ask for {wanted}{payer}"
    if known in _ELSEWHERE:
        return f"it is in another Region ({message}): name that with AWS_DEFAULT_REGION"
    if known in _MISSING:
        return f"does not exist ({known}): check its name, account and Region"
    return f"{operation} failed with {known or 'no code'} ({message})"
