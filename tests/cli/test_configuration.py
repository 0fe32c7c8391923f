"""flowcause.toml: what it may say, and what is said of what it may not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.config import Account, Settings, Source, settings
from pipeline.errors import BadInput
from pipeline.ingest import plan
from pipeline.sources.access import Access
from pipeline.times import duration

WHOLE = """
[lake]
path = "elsewhere"
[tags]
owner = "Team"
[[account]]
id = "111122223333"
name = "data"
role_arn = "arn:aws:iam::111122223333:role/reader"
external_id = "e"
regions = ["eu-west-1", "us-east-1"]
[[account]]
id = "444455556666"
profile = "shop"
[[source]]
kind = "s3"
uri = "s3://central/logs"
since = "7d"
accounts = ["111122223333"]
requester_pays = true
role_arn = "arn:aws:iam::999988887777:role/central"
[[source]]
kind = "cloudwatch"
uri = "/vpc/flow-logs"
accounts = ["111122223333", "444455556666"]
log_formats = ["default"]
endpoint_url = "http://127.0.0.1:1"
"""


def read(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "flowcause.toml"
    file.write_text(text)
    return settings(file=file)


def test_everything_that_can_be_said(tmp_path) -> None:
    told = read(tmp_path, WHOLE)
    assert (told.lake, told.owner_tag) == (Path("elsewhere"), "Team")
    assert [account.id for account in told.accounts] == ["111122223333", "444455556666"]
    bucket, group = told.sources
    assert bucket.access() == Access(None, "arn:aws:iam::999988887777:role/central", None, None)
    assert (bucket.since, bucket.requester_pays) == ("7d", True)
    assert group.log_formats == ("default",)


def test_a_log_group_is_read_in_each_account_and_region_by_its_own_role(tmp_path) -> None:
    told = read(tmp_path, WHOLE)
    bucket, *groups = plan.places(told.sources, told.accounts)
    assert bucket == told.sources[0]
    assert [(one.accounts, one.regions, one.role_arn, one.profile) for one in groups] == [
        (("111122223333",), ("eu-west-1",), "arn:aws:iam::111122223333:role/reader", None),
        (("111122223333",), ("us-east-1",), "arn:aws:iam::111122223333:role/reader", None),
        (("444455556666",), (), None, "shop"),
    ]
    assert {one.endpoint_url for one in groups} == {"http://127.0.0.1:1"}


def test_every_place_of_a_source_stands_for_itself() -> None:
    source = Source("cloudwatch", "g", accounts=("1", "2"), regions=("eu-west-1", "us-east-1"))
    placed = plan.places([source], [Account("1"), Account("2")])
    assert len({plan.name(one) for one in placed}) == 4


def test_an_account_that_is_not_declared_is_refused() -> None:
    with pytest.raises(BadInput, match=r"no \[\[account\]\] has the id 3; declared: 1"):
        plan.places([Source("cloudwatch", "g", accounts=("3",))], [Account("1")])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[source]]\nkind = 's3'", r"a \[\[source\]\] has no uri: each wants kind and uri"),
        ("[[account]]\nname = 'x'", r"a \[\[account\]\] has no id: each wants id"),
        ("[[source]]\nkind = 'ftp'\nuri = 'x'", "kind is one of files, s3, sqs, cloudwatch"),
        (
            "[[source]]\nkind = 'sqs'\nuri = 'x'\nrequester_pays = true",
            "requester_pays is for the kind s3 alone",
        ),
        (
            "[[source]]\nkind = 's3'\nuri = 'x'\nexport_to = 's3://b'",
            "export_to is for the kind cloudwatch alone",
        ),
        (
            "[[source]]\nkind = 'files'\nuri = 'x'\nsince = '2d'",
            "since is for the kinds s3 and cloudwatch alone",
        ),
        ("[[source]]\nkind = 's3'\nurl = 'x'", "has no key url: did you mean uri"),
        ("[[source]]\nkind = 's3'\nqqqq = 'x'", "has no key qqqq: it has kind, uri"),
        ("[source]\nkind = 's3'", r"write \[\[source\]\], with two brackets"),
        ("source = 's3'", r"write \[\[source\]\], with two brackets"),
        ("[[source]]\nkind = 3\nuri = 'x'", "kind is to be a text in quotes"),
        ("[[source]]\nkind = 's3'\nuri = ''", "uri is to be a text in quotes"),
        ("[[source]]\nkind = 's3'\nuri = 'x'\nregions = 'a'", "regions is to be a list of texts"),
        ("[[source]]\nkind = 's3'\nuri = 'x'\nregions = [1]", "regions is to be a list of texts"),
        (
            "[[source]]\nkind = 's3'\nuri = 'x'\nrequester_pays = 'yes'",
            "requester_pays is to be true or false",
        ),
        ("[lake", "is not valid TOML"),
        ("[lake]\npath = 3", r"\[lake\] path is to be a text"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(tmp_path, text, said) -> None:
    with pytest.raises(BadInput, match=said):
        read(tmp_path, text)


def test_a_length_of_time() -> None:
    assert [duration(text) for text in ("30m", "24h", "7d")] == [
        timedelta(minutes=30),
        timedelta(hours=24),
        timedelta(days=7),
    ]
    with pytest.raises(BadInput, match="'1 day' is no length of time: write 30m, 24h or 7d"):
        duration("1 day")


def test_a_source_that_was_never_read_is_read_from_its_own_since() -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    source = Source("s3", "s3://b/", since="2d", accounts=("1",))
    part = plan.wanted(None, source, plan.ALL, now)
    assert (part.since, part.until, part.accounts) == (
        datetime(2026, 3, 8, tzinfo=UTC),
        None,
        {"1"},
    )
