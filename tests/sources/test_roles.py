"""Roles are assumed at moto's server, with their external id, and renewed before they end."""

from datetime import UTC, datetime, timedelta

import pytest
from moto.sts.models import sts_backends

from pipeline.errors import SourceProblem
from pipeline.sources import aws, cloudwatch
from pipeline.sources.access import Access

ROLE = "arn:aws:iam::999999999999:role/reader"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def role(cloud, **told):
    aws.client.cache_clear()
    return Access(role_arn=ROLE, endpoint_url=cloud.endpoint_url, **told)


def assumed(session_name="flowcause"):
    backends = (one for account in sts_backends.values() for one in account.values())
    roles = [one for backend in backends for one in backend.assumed_roles]
    assert {one.session_name for one in roles} <= {session_name}
    return roles


def test_calls_are_made_as_the_role(cloud):
    caller = aws.client(role(cloud), "sts").get_caller_identity()
    assert caller["Arn"] == "arn:aws:sts::999999999999:assumed-role/reader/flowcause"


def test_the_external_id_is_handed_over(cloud):
    aws.client(role(cloud, external_id="of-ours"), "sqs")
    aws.client(role(cloud), "sqs")
    assert [one.external_id for one in assumed()] == ["of-ours", None]


def test_a_log_group_of_the_roles_account_is_read(cloud):
    access = role(cloud)
    aws.client(access, "logs", "eu-west-1").create_log_group(logGroupName="theirs")
    (hour,) = cloudwatch.find("theirs", NOON, NOON + timedelta(hours=1), access, "eu-west-1")
    assert hour.uri.startswith("cloudwatch://999999999999/eu-west-1/theirs?")
    with pytest.raises(SourceProblem, match=r"theirs, asked for with the usual cred.*, does not"):
        cloudwatch.find("theirs", NOON, NOON + timedelta(hours=1), cloud, "eu-west-1")
    with pytest.raises(SourceProblem, match=f"^log group ours, asked for {access.way()}, does"):
        cloudwatch.find("ours", NOON, NOON + timedelta(hours=1), access, "eu-west-1")
    assert access.role_arn in access.way()


def test_a_roles_credentials_are_renewed_before_they_end(cloud, monkeypatch):
    client = aws.client(role(cloud), "sts")
    client.get_caller_identity()
    assert len(assumed()) == 1
    later = datetime.now(UTC) + timedelta(minutes=50)
    credentials = client._request_signer._credentials
    monkeypatch.setattr(credentials, "_time_fetcher", lambda: later)
    monkeypatch.setattr("botocore.credentials._local_now", lambda: later)
    client.get_caller_identity()
    assert len(assumed()) == 2


def test_a_role_that_cannot_be_assumed_is_named(moto_server, cloud):
    with pytest.raises(SourceProblem, match=r"^not-an-arn: ") as error:
        aws.client(Access(role_arn="not-an-arn", endpoint_url=moto_server), "logs")
    assert "\n" not in str(error.value)
