"""A small network written as files, and judged by the product: what the tests of rows share."""

from datetime import datetime
from pathlib import Path

from reference.dumps import write_dump, write_log
from reference.model import Record, Snapshot

from pipeline import api
from pipeline.config import Settings
from pipeline.engines import duckdb, queries
from pipeline.lake.catalog import open_lake


def judge(folder: Path, records: list[Record], *snapshots: Snapshot) -> list[dict]:
    """Ingest the records, load the snapshots in order, attribute, and return the verdicts."""
    settings = prepare(folder, records, *snapshots)
    api.attribute(None, None, settings)
    return verdicts(settings)


def prepare(folder: Path, records: list[Record], *snapshots: Snapshot) -> Settings:
    folder.mkdir(exist_ok=True)
    settings = Settings(folder / "lake")
    write_log(records, folder / "flows.log")
    api.ingest_files([folder / "flows.log"], settings)
    load(folder, settings, *snapshots)
    return settings


def load(folder: Path, settings: Settings, *snapshots: Snapshot) -> None:
    for snapshot in snapshots:
        (place,) = write_dump([snapshot], folder / f"{snapshot.instant:%Y%m%dT%H%M%S}")
        api.load_snapshot(place, snapshot.instant, settings)


def verdicts(settings: Settings) -> list[dict]:
    return api.sql("from verdicts order by line_number", settings).to_pylist()


def findings(settings: Settings) -> list[dict]:
    """The rows of the report, with what their remedies are tried with."""
    sql = queries.text("reports", "rejects")
    values = {"since": None, "until": None, "owner_tag": "Owner"}
    with duckdb.connect(open_lake(settings.lake)) as connection:
        return duckdb.select(connection, sql, queries.bound(sql, values)).to_pylist()


def at(snapshot: Snapshot, instant: datetime) -> Snapshot:
    return Snapshot(instant, snapshot.answers)
