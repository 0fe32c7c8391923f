"""Which rule is the nearest of those with the right port: where the peer is likely to be added."""

import pytest
from reference.organisation import organisation, record, rule

WEB = (443, 443)
STRANGER = "10.0.9.9"
# The list has 10.0.2.0/24 alone.
LISTED = rule("tcp", WEB, prefix_list="pl-known")
SINGLE = rule("tcp", WEB, cidr="10.0.9.8/32")


@pytest.fixture
def near(judge):
    """Return a function that tells the nearest miss of a stranger's packet."""

    def told(*rules, name="office", direction="ingress", **more):
        lists = [{"PrefixListId": "pl-known", "PrefixListName": name}] if name else []
        listed = {"describe-managed-prefix-lists": lists}
        network = organisation(**{direction: rules}, more=listed)
        (row,) = judge([record(STRANGER, direction, **more)], network)
        assert row["cause"] == f"sg_{direction}_miss"
        return row["nearest_miss"]["rule"], row["nearest_miss"]["why"]

    return told


@pytest.mark.parametrize("direction", ["ingress", "egress"])
@pytest.mark.parametrize("rules", [[LISTED, SINGLE], [SINGLE, LISTED]], ids=["first", "last"])
def test_a_list_of_ones_own_is_nearer_than_a_single_address(near, rules, direction) -> None:
    assert near(*rules, direction=direction) == ("tcp 443 pl-known", "address")


def test_a_list_is_nearer_than_the_members_of_a_group(near) -> None:
    assert near(LISTED, rule("tcp", WEB, group="sg-near")) == ("tcp 443 pl-known", "address")


@pytest.mark.parametrize("name", ["com.amazonaws.eu-west-1.s3", None], ids=["AWS's", "unknown"])
def test_a_list_that_is_not_known_to_be_ones_own_is_as_near_as_its_blocks(near, name) -> None:
    assert near(LISTED, SINGLE, name=name) == ("tcp 443 10.0.9.8/32", "address")
    assert near(LISTED, rule("tcp", WEB, cidr="10.8.0.0/16"), name=name)[0] == "tcp 443 pl-known"


def test_a_list_for_another_port_is_no_nearer_than_a_block_for_the_right_one(near) -> None:
    listed = rule("tcp", (444, 444), prefix_list="pl-known")
    assert near(listed, SINGLE) == ("tcp 443 10.0.9.8/32", "address")
