"""What happens in a run, told on stderr: all of it as JSON lines, or what needs a person."""

import json
import logging
import sys
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from pipeline.reports.documents import iso
from pipeline.reports.terminal import printable


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


class _Warnings(logging.Handler):
    """Print warnings as the command line says everything else: a line each."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the line."""
        warn(record.getMessage())


def to_stderr(as_json: bool) -> None:
    """From now on tell on stderr what pipeline logs: all of it as JSON, or its warnings."""
    handler = logging.StreamHandler(sys.stderr) if as_json else _Warnings()
    handler.setFormatter(_JsonLines())
    logger = logging.getLogger("pipeline")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO if as_json else logging.WARNING)


def warn(line: str) -> None:
    """Print a line that needs a person on stderr, however hostile what it holds."""
    one_line = printable(line).replace("\n", " ")
    Console(stderr=True).print(Text(f"flowcause: {one_line}"), soft_wrap=True)
