"""What happens, told on stderr: what needs a person as a line, or all of it as JSON lines.

All of it is logged, and who runs the program says who listens: the command line does.
"""

import json
import logging
import sys
from datetime import UTC, datetime

from pipeline.reports.documents import iso
from pipeline.reports.terminal import printable

log = logging.getLogger(__name__)


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


def as_json() -> None:
    """From now on tell on stderr all that pipeline logs, a JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logger = logging.getLogger("pipeline")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)


def warn(line: str) -> None:
    """Tell of what needs a person."""
    log.warning("%s", line)


def write(line: str) -> None:
    """Print on stderr what a person is told, in one line, however hostile what it holds."""
    # By way of sys.stderr, which a bar that is being drawn watches: the line goes above it.
    print(f"flowcause: {printable(line)}", file=sys.stderr)
