"""What AWS refuses, on the command line: one line that names the thing and says what to do."""

import re

import faults
import pytest
import servers

KMS = (
    "User: arn:aws:sts::123456789012:assumed-role/reader/me is not authorized to perform: "
    "kms:Decrypt on resource: arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d because no "
    "identity-based policy allows the kms:Decrypt action"
)
DENIED = faults.Refusal(403, "AccessDenied", "Access Denied")
ENDPOINT = "The bucket you are attempting to access must be addressed using the specified endpoint."
REGION = "The authorization header is malformed; the region 'us-east-1' is wrong"
# What S3 answers to a listing, or to a get, and what is to be said of it.
LISTING = {
    "denied": (
        DENIED,
        r"s3://refused/: access denied .*ask for s3:ListBucket or, .*requester pays",
    ),
    "expired": (faults.EXPIRED, r"s3://refused/: .*expired \(ExpiredToken\): log in again"),
    "moved": (
        faults.Refusal(301, "PermanentRedirect", ENDPOINT),
        r"s3://refused/: it is in another Region .*AWS_DEFAULT_REGION",
    ),
    "malformed": (
        faults.Refusal(400, "AuthorizationHeaderMalformed", REGION),
        r"s3://refused/: it is in another Region .*AWS_DEFAULT_REGION",
    ),
    "gone": (
        faults.Refusal(404, "NoSuchBucket", "The specified bucket does not exist"),
        r"s3://refused/: does not exist \(NoSuchBucket\): check its name, account and Region",
    ),
    "broken": (faults.ERROR, r"s3://refused/: ListObjectsV2 failed with InternalError"),
    "cut": (faults.shorten, r"s3://refused/: ListObjectsV2 failed with 500"),
    "empty": (faults.empty, r"s3://refused/: the answer was cut short: run this again"),
}
OBJECT = {
    "denied": (DENIED, r"access denied .*: ask for s3:GetObject or, where the requester pays, add"),
    "kms": (
        faults.Refusal(403, "AccessDenied", KMS),
        r"the KMS key refuses .*0a1b2c3d.*ask for kms:Decrypt on it",
    ),
    "archived": (
        faults.Refusal(403, "InvalidObjectState", "The operation is not valid for this object"),
        r"it is archived: restore it from Glacier, then run this again",
    ),
    "replaced": (
        faults.Refusal(412, "PreconditionFailed", "At least one condition did not hold"),
        r"it was replaced after it was listed: the next run reads the new one",
    ),
    "gone": (
        faults.Refusal(404, "NoSuchKey", "The specified key does not exist."),
        r"does not exist \(NoSuchKey\)",
    ),
    "broken": (faults.ERROR, r"GetObject failed with InternalError"),
    "expired": (faults.EXPIRED, r"expired \(ExpiredToken\): log in again, then run this again"),
}


@pytest.fixture(scope="module")
def bucket(s3_server):
    bucket = servers.Bucket(s3_server, "refused")
    bucket.put("a.log", b"interface-id start\neni-1 1772452800\n")
    return bucket


@pytest.fixture
def ingest(bucket, refusal):
    """Return a function that ingests and returns the one line on stderr; it has the keys."""

    def said(endpoint, *more, uri="s3://refused/") -> str:
        return refusal("ingest", "s3", uri, "--endpoint-url", endpoint, *more)

    return said


@pytest.mark.parametrize("name", LISTING)
def test_a_bucket_that_may_not_be_listed(ingest, proxy, name) -> None:
    refusal, told = LISTING[name]
    proxy.begin(lambda one: refusal if one.kind == "list" else None)
    assert re.search(f"^flowcause: {told}", ingest(proxy.endpoint))


@pytest.mark.parametrize("name", OBJECT)
def test_an_object_that_may_not_be_read(ingest, proxy, name) -> None:
    refusal, told = OBJECT[name]
    proxy.begin(lambda one: refusal if one.kind == "get" else None)
    assert re.search(f"^flowcause: s3://refused/a.log: .*{told}", ingest(proxy.endpoint))


def test_a_bucket_that_is_not_there(ingest, s3_server) -> None:
    line = ingest(s3_server, uri="s3://nobody-has-it/logs/")
    assert line.startswith("flowcause: s3://nobody-has-it/logs/: does not exist (NoSuchBucket): ")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("AWS_SECRET_ACCESS_KEY", "another-testsecret", "SignatureDoesNotMatch"),
        ("AWS_ACCESS_KEY_ID", "nobody", "InvalidAccessKeyId"),
    ],
)
def test_keys_that_are_not_known(ingest, s3_server, monkeypatch, name, value, code) -> None:
    monkeypatch.setenv(name, value)
    line = ingest(s3_server)
    told = f"AWS does not accept the credentials ({code}): check the profile or access key"
    assert line == f"flowcause: s3://refused/: {told}"
    assert value not in line


def test_no_credentials(ingest, s3_server, monkeypatch) -> None:
    for name in servers.ENVIRON:
        monkeypatch.delenv(name)
    told = r"s3://refused/: no AWS credentials \(.*\): set AWS_PROFILE or --profile, or log in"
    assert re.fullmatch(f"flowcause: {told}", ingest(s3_server))


def test_half_of_the_credentials(ingest, s3_server, monkeypatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "no AWS credentials" in ingest(s3_server)


def test_a_profile_that_is_not_there(ingest, s3_server) -> None:
    line = ingest(s3_server, "--profile", "nope")
    assert "(nope)" in line
    assert line.endswith("name one of ~/.aws/config with --profile")


NOWHERE = {
    "where nothing listens": lambda: f"http://127.0.0.1:{servers.free_ports(1)[0]}",
    "a name that is nobody's": lambda: "http://s3.invalid",
}


@pytest.mark.parametrize("name", NOWHERE)
def test_an_endpoint_that_does_not_answer(ingest, name) -> None:
    endpoint = NOWHERE[name]()
    line = ingest(endpoint)
    assert line.startswith("flowcause: s3://refused/: no answer (Could not connect to the ")
    assert endpoint in line
    assert line.endswith("check the network, --region and --endpoint-url")


@pytest.mark.parametrize("endpoint", ["127.0.0.1:9", "ftp://127.0.0.1", "http://", "nonsense"])
def test_what_is_no_endpoint(ingest, endpoint) -> None:
    assert re.search(f"endpoint.*{re.escape(endpoint)}", ingest(endpoint))
