"""What was judged of the packets that answer a question, and the legs that come of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from pipeline.attribution import packets
from pipeline.attribution.changed import Change
from pipeline.engines import duckdb, queries
from pipeline.explain.legs import Leg, Row, leg
from pipeline.explain.packets import Asked, Stretch, frame


@dataclass(frozen=True, slots=True)
class Said:
    """What groups and ACL say of each packet at its interface, and its way where it leaves that."""

    filters: dict[Asked, Row]
    ways: dict[Asked, list[Row]]

    def at(self, times: Sequence[datetime]) -> "Said":
        """Return what was judged at some of the times."""
        return Said({one: row for one, row in self.filters.items() if one.at in times}, self.ways)

    def of(self, is_reply: bool) -> "Said":
        """Return what was judged of one leg."""
        ways = {one: way for one, way in self.ways.items() if one.is_reply is is_reply}
        filters = {one: row for one, row in self.filters.items() if one.is_reply is is_reply}
        return Said(filters, ways)

    def leaving(self, at: datetime) -> list[Row]:
        """Return what is said of the packets that ask, where they leave, at a time."""
        return [
            row
            for one, row in self.filters.items()
            if one.is_leaving and not one.is_reply and one.at == at
        ]


@contextmanager
def judged(
    connection: duckdb.Connection,
    wanted: Sequence[tuple[Asked, dict[str, object]]],
    changes: tuple[Sequence[Change], Sequence[Change]],
) -> Iterator[Said]:
    """Judge packets and follow them on their ways, each leg in a network that is changed.

    They stay judged while the block lasts: those of the second leg where they have changes.
    """
    there, back = changes
    with packets.judging(connection, frame([row for _, row in wanted]), there):
        said = _read(connection, wanted)
        if there or back:
            packets.rejudge(connection, back, there)
            first, second = said.of(False), _read(connection, wanted).of(True)
            said = Said(first.filters | second.filters, first.ways | second.ways)
        yield said


def _read(connection: duckdb.Connection, wanted: Sequence[tuple[Asked, dict[str, object]]]) -> Said:
    packets.follow(connection)
    said = duckdb.select(connection, queries.text("explain", "filters")).to_pylist()
    steps = duckdb.select(connection, queries.text("explain", "ways")).to_pylist()
    ways: dict[Asked, list[Row]] = {}
    for step in steps:
        ways.setdefault(wanted[step["packet_id"]][0], []).append(step)
    return Said({wanted[row["packet_id"]][0]: row for row in said}, ways)


def legs(
    said: Said, target: int, is_reply: bool, wanted: str | None, elsewhere: str
) -> dict[tuple[datetime, Stretch], Leg]:
    """Return the leg to or from a target, at each time, for each stretch of ports, see `leg`."""
    ends: dict[tuple[datetime, Stretch], dict[bool, Row]] = {}
    for one, row in said.filters.items():
        if one.target == target and one.is_reply == is_reply:
            ends.setdefault((one.at, one.stretch), {})[one.is_leaving] = row
    return {
        place: leg(
            both.get(True),
            said.ways.get(Asked(is_reply, True, target, place[1], place[0]), []),
            both.get(False),
            is_reply,
            wanted,
            elsewhere,
        )
        for place, both in ends.items()
    }
