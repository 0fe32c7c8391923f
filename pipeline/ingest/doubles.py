"""Events that would come twice: by the API, which gives them ids, and by an export, which has none.

The ledger tells what came by which way, since both name their group and their window.
"""

from collections.abc import Iterable

from pipeline.errors import BadInput
from pipeline.ingest.unpack import Unpacked
from pipeline.lake import ledger
from pipeline.lake.catalog import Lake
from pipeline.sources import cloudwatch, export_task
from pipeline.sources.export_task import Export
from pipeline.sources.log_groups import LogGroup, Stretch
from pipeline.sources.objects import SourceObject


def without_exported(lake: Lake, objects: Iterable[SourceObject]) -> list[SourceObject]:
    """Leave out the hours of a log group that the lake has from an export task.

    `objects` are those of the source cloudwatch.
    """
    there = _exported(lake)
    return [one for one in objects if not _is_among(one, there)]


def overtaken(lake: Lake, objects: Iterable[Unpacked]) -> set[str]:
    """Return the ids of a log group's hours that another run has exported since they were read.

    Raises BadInput where objects of an export have what came by another way since that began. The
    caller holds the lake's lock.
    """
    exports = {export_task.folder(one.found.uri) for one in objects if _is_of_export(one.found)}
    for folder in filter(None, exports):
        _refuse_export(lake, folder)
    hours = [one for one in objects if one.found.source == "cloudwatch"]
    there = _exported(lake) if hours else []
    return {one.object_id for one in hours if _is_among(one.found, there)}


def refuse_read(lake: Lake, export: Export) -> None:
    """Refuse to export what the lake has by the API, or from another task. Raises BadInput."""
    _refuse_export(lake, f"s3://{export.bucket}/{export.prefix}/{export.task}/")


def free(lake: Lake, group: LogGroup, uris: Iterable[str]) -> list[str]:
    """Return the folders of a group's exports, of these uris, which came by no other way."""
    read = [cloudwatch.stretch(uri) for uri in ledger.uris(lake, "source", "cloudwatch")]
    found = {(export_task.folder(uri), export_task.stretch(uri)) for uri in uris}
    mine = ((folder, held) for folder, held in found if folder and held and held.is_of(group))
    return sorted(folder for folder, held in mine if not any(held.meets(one) for one in read))


def _refuse_export(lake: Lake, folder: str) -> None:
    """Refuse what lies in the folder of an export task where the lake has it by another way."""
    wanted = export_task.stretch(folder)
    read = [cloudwatch.stretch(uri) for uri in ledger.uris(lake, "source", "cloudwatch")]
    _refuse(wanted, read, "CloudWatch's API")
    uris = ledger.uris(lake, "kind", "export")
    others = (uri for uri in uris if not uri.startswith(folder))
    _refuse(wanted, _stretches(others), "another export task")


def _is_of_export(one: SourceObject) -> bool:
    """Tell whether an object was written by the run's own export: it alone says the log group."""
    return one.source == "s3" and one.log_group is not None


def _is_among(one: SourceObject, there: Iterable[Stretch]) -> bool:
    return any(held.meets(cloudwatch.stretch(one.uri)) for held in there)


def _exported(lake: Lake) -> list[Stretch]:
    return _stretches(ledger.uris(lake, "kind", "export"))


def _stretches(uris: Iterable[str]) -> list[Stretch]:
    return list({found for uri in uris if (found := export_task.stretch(uri))})


def _refuse(wanted: Stretch | None, held: Iterable[Stretch], way: str) -> None:
    for one in held:
        if wanted is not None and one.meets(wanted):
            raise BadInput(
                f"the lake has events of {one.group} from {one.since:%Y-%m-%dT%H:%MZ} to "
                f"{one.until:%Y-%m-%dT%H:%MZ} by {way}, whose records would be doubled: choose a "
                "window beside it"
            )
