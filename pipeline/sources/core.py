"""botocore's own session, told to read times quickly: those are half the work of a long listing."""

from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import botocore.session
from botocore.utils import parse_timestamp


def core() -> botocore.session.Session:
    """Return a session of its own, as boto3.Session takes it."""
    session = botocore.session.get_session()
    parsers = session.get_component("response_parser_factory")
    parsers.set_parser_defaults(timestamp_parser=moment)
    return session


def moment(value: Any) -> datetime:
    """Read a time of an answer: in ISO 8601, as HTTP has it, or whatever else botocore knows."""
    if isinstance(value, str):
        for read in (datetime.fromisoformat, parsedate_to_datetime):
            with suppress(ValueError):
                known = read(value)
                if known.tzinfo is not None:
                    return known
    known = parse_timestamp(value)
    assert isinstance(known, datetime)
    return known
