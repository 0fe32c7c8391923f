"""Times in AWS's answers: read as botocore reads them, whatever they look like."""

import pytest
from botocore.utils import parse_timestamp

from pipeline.sources.access import Access
from pipeline.sources.aws import client
from pipeline.sources.core import moment

WRITTEN = [
    "Wed, 25 Nov 2026 10:01:33 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "2026-11-25T10:01:33.000Z",
    "2026-11-25T10:01:33+02:00",
    "2026-11-25 10:01:33",
    "2026-11-25",
    "20261125",
    "1700000000",
    "1700000000.5",
    1700000000,
    1700000000.5,
    0,
]


@pytest.mark.parametrize("written", WRITTEN)
def test_a_time_is_what_botocore_makes_of_it(written) -> None:
    assert moment(written) == parse_timestamp(written)


@pytest.mark.parametrize("written", ["", "soon", "2026-13-01T00:00:00Z"])
def test_what_is_no_time_is_refused_as_botocore_does(written) -> None:
    with pytest.raises(ValueError):
        parse_timestamp(written)
    with pytest.raises(ValueError):
        moment(written)


def test_every_client_reads_times_so() -> None:
    one = client(Access(endpoint_url="http://127.0.0.1:9"), "s3")
    assert one._endpoint._response_parser_factory._defaults == {"timestamp_parser": moment}
    assert one.meta.config.user_agent.startswith("flowcause/")
