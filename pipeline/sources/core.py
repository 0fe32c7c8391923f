"""botocore's own session, told to read times quickly, which are half the work of a long listing.

What it knows of AWS's APIs is read once for all sessions: an organisation has hundreds of them.
"""

from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.loaders import Loader, create_loader
from botocore.utils import parse_timestamp


def core() -> botocore.session.Session:
    """Return a session of its own, as boto3.Session takes it."""
    session = botocore.session.get_session()
    session.register_component("data_loader", _models())
    parsers = session.get_component("response_parser_factory")
    parsers.set_parser_defaults(timestamp_parser=moment)
    return session


@cache
def _models() -> Loader:
    """Return what reads the APIs' models: EC2's alone takes 20 MB, and there is one a session."""
    return create_loader()


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
