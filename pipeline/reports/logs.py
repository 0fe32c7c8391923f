"""Structured logs: what happens in a run, as a JSON object a line on stderr."""

import json
import logging
import sys
from datetime import UTC, datetime

from pipeline.reports.documents import iso


class _JsonLines(logging.Formatter):
    """Write time, level, event and what the event tells as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        head = {
            "time": iso(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        return json.dumps(head | getattr(record, "told", {}), default=str)


def to_stderr() -> None:
    """Log what pipeline does to stderr from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logger = logging.getLogger("pipeline")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
