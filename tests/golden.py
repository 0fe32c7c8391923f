"""Files that show what people see: a change of them is a change to review."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[1]


def check(file: str, text: str) -> None:
    """Compare text with the file of the checkout; `make goldens` writes the file anew instead."""
    path = ROOT / file
    if os.environ.get("REWRITE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    known = path.read_text(encoding="utf-8")
    assert text == known, f"{file} differs: if that was meant, run 'make goldens' and review it"
