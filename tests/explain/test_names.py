"""Who answers a host name for the VPC that asks, and what is said where nobody does."""

import pytest
from asking import ask, at_noon, joined
from reference.organisation import OURS, REGION
from wide_network import E, T

NAME = "db.shop.internal"
ZONE = "Z0AAAAAAAAAAAAAAAAAAA"


def record(name: str, value: str, kind: str = "A") -> dict:
    return {"Name": f"{name}.", "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}


def zoned(*records: dict, vpc: str = "vpc-a") -> dict:
    """Answers about a private zone, which a VPC uses."""
    told = {"Id": f"/hostedzone/{ZONE}", "Name": "shop.internal.", "Config": {"PrivateZone": True}}
    return {
        "list-hosted-zones": {"HostedZones": [told]},
        f"get-hosted-zone--{ZONE}": {
            "HostedZone": told,
            "VPCs": [{"VPCRegion": REGION, "VPCId": vpc}],
        },
        f"list-resource-record-sets--{ZONE}": {"ResourceRecordSets": list(records)},
    }


@pytest.fixture
def asked():
    """Return a function that asks for a name, with answers about names beside the network."""

    def answer(ours, name: str = NAME):
        lake = at_noon(joined(), ours=ours)
        return ask(lake, E, name, port=443).told

    return answer


def test_a_name_in_a_zone_of_the_vpc_leads_to_its_address(asked) -> None:
    told = asked(zoned(record(NAME, T)))
    assert (told.dns.addresses, told.destination.interface_id) == ([T], "eni-t")
    (hop,) = told.dns.hops
    assert (hop.element_id, hop.outcome, hop.why) == (ZONE, "pass", f"A {T}")
    assert told.forward.verdict == "allowed"


def test_a_name_that_leads_to_a_name_is_followed(asked) -> None:
    told = asked(
        zoned(record("www.shop.internal", f"{NAME}.", "CNAME"), record(NAME, T)),
        "www.shop.internal",
    )
    assert told.dns.addresses == [T]
    assert [hop.rule for hop in told.dns.hops] == ["www.shop.internal", NAME]


def test_a_wildcard_answers_what_has_no_record(asked) -> None:
    told = asked(zoned(record("\\052.shop.internal", T), record("web.shop.internal", E)))
    assert told.dns.addresses == [T]


def test_a_name_that_the_zone_has_not_goes_nowhere(asked) -> None:
    told = asked(zoned(record("web.shop.internal", E)))
    (hop,) = told.dns.hops
    assert (hop.outcome, hop.why) == ("block", "shop.internal has no address of that name")
    assert (told.forward.verdict, told.reply.verdict) == ("unknown", "unknown")
    assert told.forward.note == "no interface has the name, and as a host's it has no address"


def test_a_zone_of_another_vpc_is_named(asked) -> None:
    (hop,) = asked(zoned(record(NAME, T), vpc="vpc-b")).dns.hops
    assert (hop.outcome, hop.element_id) == ("block", ZONE)
    assert hop.why.startswith("vpc-a is not associated with")


def test_records_that_were_not_asked_for_are_unknown(asked) -> None:
    ours = zoned()
    del ours[f"list-resource-record-sets--{ZONE}"]
    (hop,) = asked(ours).dns.hops
    assert hop.outcome == "unknown"
    assert "flowcause snapshot take --name db.shop.internal" in hop.why


@pytest.mark.parametrize(
    ("attribute", "why"),
    [("enableDnsSupport", "answers nobody"), ("enableDnsHostnames", "private zones are not used")],
)
def test_an_attribute_of_the_vpc_that_is_off_is_named(asked, attribute, why) -> None:
    ours = zoned(record(NAME, T))
    key = attribute[0].upper() + attribute[1:]
    told = {"VpcId": "vpc-a", key: {"Value": False}}
    hop = asked(ours | {f"describe-vpc-attribute--vpc-a--{attribute}": told}).dns.hops[0]
    assert hop.outcome == "block"
    assert attribute in hop.why and why in hop.why


@pytest.mark.parametrize(
    ("domain", "is_asked"),
    [("shop.internal", True), ("internal", False), ("db.shop.internal", True)],
)
def test_a_rule_stands_before_a_zone_of_its_name(asked, domain, is_asked) -> None:
    arn = f"arn:aws:route53resolver:{REGION}:{OURS}:resolver-rule/rslvr-rr-1"
    rule = {"Id": "rslvr-rr-1", "DomainName": f"{domain}.", "RuleType": "FORWARD", "Arn": arn}
    target = {"TargetIps": [{"Ip": "10.9.9.9", "Port": 53}], "OwnerId": OURS}
    used = {"Id": "rslvr-rrassoc-1", "ResolverRuleId": "rslvr-rr-1", "VPCId": "vpc-a"}
    rules = {
        "list-resolver-rules": {"ResolverRules": [rule | target]},
        "list-resolver-rule-associations": {
            "ResolverRuleAssociations": [used | {"Status": "COMPLETE"}]
        },
    }
    hop = asked(zoned(record(NAME, T)) | rules).dns.hops[0]
    assert (hop.element_id == "rslvr-rr-1") == is_asked
    assert hop.outcome == ("unknown" if is_asked else "pass")


def test_without_a_list_of_zones_it_is_said_which_call_tells(asked) -> None:
    (hop,) = asked({}).dns.hops
    assert (hop.outcome, hop.why) == ("unknown", "list-hosted-zones was not asked for")


def test_names_in_a_circle_end(asked) -> None:
    told = asked(
        zoned(
            record(NAME, "a.shop.internal.", "CNAME"),
            record("a.shop.internal", f"{NAME}.", "CNAME"),
        )
    )
    assert told.dns.addresses is None
    assert told.dns.hops[-1].why == "more than 8 names in a row"
