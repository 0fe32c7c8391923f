"""Where a snapshot is taken: the accounts of the file, an organization, or the one at hand."""

import json

import motos_network
import pytest
import servers
from command import flowcause

from pipeline.config import Account
from pipeline.errors import BadInput, SourceProblem
from pipeline.snapshots import places
from pipeline.snapshots.collect import collect
from pipeline.sources import aws
from pipeline.sources.access import Access

OTHER = "999999999999"
REGION = "eu-west-1"
DEV = Account("111111111111", regions=("eu-west-1",), role_arn="arn:aws:iam::111111111111:role/r")
SHOP = Account("222222222222", profile="shop")

IDENTITY = (
    b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account>"
    b"<Arn>arn:aws:sts::1:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"
)


@pytest.fixture
def quick(cloud, monkeypatch):
    monkeypatch.setattr(aws, "_CONFIG", motos_network.QUICK)
    aws.client.cache_clear()
    yield cloud
    aws.client.cache_clear()


def test_the_accounts_of_the_file_are_asked_each_in_its_own_way() -> None:
    here = Access(external_id="x", endpoint_url="http://127.0.0.1:1")
    dev, shop = places.declared([DEV, SHOP], [], [], here)
    assert dev.access == Access(None, DEV.role_arn, "x", "http://127.0.0.1:1")
    assert (dev.account_id, shop.account_id) == (DEV.id, SHOP.id)
    assert (dev.regions, shop.regions) == (("eu-west-1",), (None,))
    assert shop.access == Access("shop", None, "x", "http://127.0.0.1:1")
    (one,) = places.declared([DEV, SHOP], [SHOP.id], ["us-east-1"], here)
    assert (one.access.profile, one.regions) == ("shop", ("us-east-1",))
    with pytest.raises(BadInput, match="the id 3; declared: 111111111111, 222222222222"):
        places.declared([DEV, SHOP], ["3"], [], here)


def test_an_account_that_is_another_than_it_is_said_to_be_is_not_asked(quick) -> None:
    access = Access(endpoint_url=quick.endpoint_url)
    collected = collect([places.Place(access, (REGION,), DEV.id)], ["describe-vpcs"])
    assert collected.answers == []
    assert "[[account]] 111111111111, " in str(collected.unreached[0])
    assert "is the account 123456789012: mend its profile" in str(collected.unreached[0])


def test_all_active_accounts_of_an_organization_are_asked_by_a_role(quick) -> None:
    client = aws.client(quick, "organizations", "us-east-1")
    client.create_organization(FeatureSet="ALL")
    made = client.create_account(AccountName="dev", Email="dev@example.com")
    other = made["CreateAccountStatus"]["AccountId"]
    found = places.organisation(quick, "audit", [REGION])
    roles = {one.access.role_arn for one in found}
    assert roles == {None, f"arn:aws:iam::{other}:role/audit"}
    answers = collect(found, ["describe-vpcs"]).answers
    assert {one.account_id for one in answers} == {"123456789012", other}
    assert {one.caller for one in answers if one.account_id == other} == {
        f"arn:aws:sts::{other}:assumed-role/audit/flowcause"
    }


def test_who_may_not_list_the_accounts_is_told_the_permission(played, played_access) -> None:
    played.play("GetCallerIdentity", IDENTITY)
    played.play("ListAccounts", "AccessDeniedException")
    with pytest.raises(SourceProblem, match=r"access denied .*ask for organizations:ListAccounts"):
        places.organisation(played_access, "audit", [])


@pytest.mark.parametrize("role", ["", "arn:aws:iam::1:role/x", "a/b"])
def test_what_is_no_roles_name_is_refused(role) -> None:
    with pytest.raises(BadInput, match="is no role's name"):
        places.organisation(Access(), role, [])


def test_who_may_not_call_is_told_the_permission(played, played_access, monkeypatch) -> None:
    monkeypatch.setattr(aws, "_CONFIG", motos_network.QUICK)
    aws.client.cache_clear()
    played.play("GetCallerIdentity", IDENTITY)
    played.play("DescribeVpcs", "UnauthorizedOperation")
    (answer,) = collect([places.Place(played_access, (REGION,))], ["describe-vpcs"]).answers
    assert answer.error.startswith("access denied (")
    assert answer.error.endswith("ask for ec2:DescribeVpcs")
    assert answer.objects == []


def test_from_the_command_line(cloud, tmp_path) -> None:
    told = ["--endpoint-url", cloud.endpoint_url, "--region", REGION]
    taken = ["--calls", "describe-vpcs", "--calls", "describe-subnets", "--format", "json"]
    ran = flowcause("snapshot", "take", *told, *taken, cwd=tmp_path, **servers.ENVIRON)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["observations"] == 2
    listed = flowcause("snapshot", "list", "--format", "json", cwd=tmp_path)
    (row,) = json.loads(listed.stdout)
    assert (row["region"], row["calls"], row["incomplete"]) == (REGION, 2, 0)
    account = f'[[account]]\nid = "{OTHER}"\nrole_arn = "arn:aws:iam::{OTHER}:role/r"\n'
    (tmp_path / "flowcause.toml").write_text(account)
    ran = flowcause("snapshot", "take", *told, *taken[:2], cwd=tmp_path, **servers.ENVIRON)
    assert ran.stdout == "1 call observed, 2 rows of inventory changed.\n"
    observed = flowcause("snapshot", "list", "--format", "json", cwd=tmp_path)
    assert OTHER in {one["account_id"] for one in json.loads(observed.stdout)}
    ran = flowcause("snapshot", "take", "--account", "1", cwd=tmp_path)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)


def test_the_script_is_printed_and_is_one_a_shell_can_read(tmp_path) -> None:
    import subprocess

    ran = flowcause("snapshot", "script", cwd=tmp_path)
    read = subprocess.run(["sh", "-n"], input=ran.stdout, text=True, capture_output=True)
    assert (read.returncode, read.stderr) == (0, "")
    assert "ec2 describe-security-groups" in ran.stdout
