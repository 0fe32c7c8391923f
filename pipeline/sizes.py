"""Sizes as people type and read them, 500MB or 2GiB, and counts of things."""

import re

from pipeline.errors import BadInput

_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?([kMGT]?i?)B?", re.IGNORECASE)


def size(text: str) -> int:
    """Return the bytes that `text` names: by thousands, or by 1,024 with an i. Raises BadInput."""
    found = _SIZE.fullmatch(text.strip())
    if found is None or found[2].lower() == "i" or not float(found[1]):
        raise BadInput(f"{text!r} is no size: write 500MB or 2GiB")
    unit = found[2].lower()
    step = 1024 if unit.endswith("i") else 1000
    return int(float(found[1]) * step ** " kmgt".index(unit[:1] or " "))


def told(count: int) -> str:
    """Write bytes in decimal units, as disks are sold: 1 byte, 1.5 GB, 15.0 GB, 150 GB."""
    number, units = float(count), iter(("bytes", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while number >= 1000 and unit != "TB":
        number, unit = number / 1000, next(units)
    if unit == "bytes":
        return counted(count, unit)
    return f"{number:,.0f} {unit}" if number >= 100 else f"{number:.1f} {unit}"


def counted(count: int, what: str) -> str:
    """Write a count of things, given in the plural: 1 line, 2,000 lines."""
    return f"{count:,} {what.removesuffix('s') if count == 1 else what}"
