"""What the tests of attribution share: an empty lake in memory, and networks that are judged."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import network_in_memory
import pytest
from reference.model import Record, Snapshot
from reference.networks import Network, random_network, write_dump, write_log

from pipeline import api
from pipeline.config import Settings
from pipeline.engines.duckdb import Connection


@pytest.fixture(scope="session")
def memory(tmp_path_factory) -> Iterator[Connection]:
    with network_in_memory.emptied(tmp_path_factory.mktemp("memory")) as connection:
        yield connection


@pytest.fixture(scope="session")
def judge(memory, tmp_path_factory) -> Callable[..., list[dict]]:
    """Give what judges records in networks, and returns the verdicts in the records' order."""

    def told(records: Sequence[Record], *snapshots: Snapshot) -> list[dict]:
        folder = tmp_path_factory.mktemp("dumps")
        return network_in_memory.judged(memory, folder, records, *snapshots)

    return told


@pytest.fixture(scope="session")
def judged(judge) -> Callable[..., dict]:
    """Give what judges one record in networks, and returns its verdict."""

    def told(made: Record, *snapshots: Snapshot) -> dict:
        (row,) = judge([made], *snapshots)
        return row

    return told


@pytest.fixture(scope="session")
def judged_network(tmp_path_factory) -> Callable[..., tuple[Network, Settings]]:
    """Give the network that a seed makes, and where it is judged: once for all who ask."""

    @cache
    def of_seed(
        seed: int, made: Callable[[int], Network] = random_network
    ) -> tuple[Network, Settings]:
        network, folder = made(seed), tmp_path_factory.mktemp(f"network{seed}")
        settings = Settings(folder / "lake")
        write_log(network, folder / "flows.log")
        api.ingest_files([folder / "flows.log"], settings)
        dumps = write_dump(network, folder / "dumps")
        ordered = sorted(network.snapshots, key=lambda snapshot: snapshot.instant)
        for dump, snapshot in zip(dumps, ordered, strict=True):
            api.load_snapshot(dump, snapshot.instant, settings)
        api.attribute(None, None, settings)
        return network, settings

    return of_seed
