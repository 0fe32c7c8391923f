"""Fetching: side by side, in order, and no further once nobody wants it."""

from threading import Barrier, Event, Timer

import pytest

from pipeline.errors import SourceProblem
from pipeline.ingest.fetching import FETCHERS, fetching
from pipeline.sources.objects import SourceObject

MOST = 100


def objects(number: int, read) -> list[SourceObject]:
    return [SourceObject("files", str(n), 0, lambda n=n: read(n)) for n in range(number)]


def test_as_many_are_under_way_as_may_be() -> None:
    barrier = Barrier(FETCHERS)

    def read(number: int) -> bytes:
        barrier.wait(timeout=60)
        return b"%d" % number

    with fetching(MOST) as fetch:
        came = list(fetch(objects(2 * FETCHERS, read)))
    assert [one.stored for one in came] == [b"%d" % n for n in range(2 * FETCHERS)]


def test_they_come_in_order_with_what_failed_and_what_was_not_there() -> None:
    def read(number: int) -> bytes | None:
        if number == 40:
            raise OSError("gone")
        return None if number == 41 else b"x"

    with fetching(MOST) as fetch:
        came = list(fetch(objects(100, read)))
    there = [int(one.found.uri) for one in came if one is not None]
    assert there == [n for n in range(100) if n != 41]
    assert [one.error for one in came if one and one.error] == ["cannot be read: gone"]


def test_what_is_larger_than_it_may_be_is_not_read() -> None:
    def read() -> bytes:
        raise AssertionError("it is too large")

    large = SourceObject("files", "large", MOST + 1, read)
    guessed = SourceObject("cloudwatch", "hour", MOST + 1, lambda: b"x", guessed=True)
    with fetching(MOST) as fetch:
        one, other = fetch([large, guessed])
    assert one.error == "unpacks to more than 100 bytes: raise --max-object-size, or split it"
    assert other.stored == b"x"


def test_what_befalls_all_is_raised() -> None:
    def read(number: int) -> bytes:
        raise SourceProblem("expired")

    with fetching(MOST) as fetch, pytest.raises(SourceProblem):
        list(fetch(objects(3, read)))


def test_what_none_has_begun_at_the_end_is_let_be() -> None:
    begun, go = [], Event()
    all_busy = Barrier(FETCHERS + 1)

    def read(number: int) -> bytes:
        begun.append(number)
        if number < FETCHERS:
            all_busy.wait(timeout=60)
            go.wait(timeout=60)
        return b""

    with pytest.raises(KeyboardInterrupt), fetching(MOST) as fetch:
        fetch(objects(1000, read))
        all_busy.wait(timeout=60)
        Timer(0.5, go.set).start()
        raise KeyboardInterrupt
    assert len(begun) == FETCHERS
