"""Events that would come twice: by the API, which gives them ids, and by an export, which has none.

The ledger tells what came by which way, since both name their group and their window.
"""

from collections.abc import Iterable

from pipeline.errors import BadInput
from pipeline.lake import ledger
from pipeline.lake.catalog import Lake
from pipeline.sources import cloudwatch, export_task
from pipeline.sources.export_task import Export
from pipeline.sources.log_groups import Stretch
from pipeline.sources.objects import SourceObject


def without_exported(lake: Lake, objects: Iterable[SourceObject]) -> list[SourceObject]:
    """Leave out the hours of a log group that the lake has from an export task.

    `objects` are those of the source cloudwatch.
    """
    exported = _stretches(ledger.uris(lake, "kind", "export"))
    return [
        one
        for one in objects
        if not any(held.meets(cloudwatch.stretch(one.uri)) for held in exported)
    ]


def refuse_read(lake: Lake, export: Export) -> None:
    """Refuse to export what the lake has by the API, or from another task. Raises BadInput."""
    wanted = export.group.stretch(export.since, export.until)
    read = [cloudwatch.stretch(uri) for uri in ledger.uris(lake, "source", "cloudwatch")]
    _refuse(wanted, read, "CloudWatch's API")
    uris = ledger.uris(lake, "kind", "export")
    others = (uri for uri in uris if f"/{export.task}/" not in uri)
    _refuse(wanted, _stretches(others), "another export task")


def _stretches(uris: Iterable[str]) -> list[Stretch]:
    return list({found for uri in uris if (found := export_task.stretch(uri))})


def _refuse(wanted: Stretch, held: Iterable[Stretch], way: str) -> None:
    for one in held:
        if one.meets(wanted):
            raise BadInput(
                f"the lake has events of {one.group} from {one.since:%Y-%m-%dT%H:%MZ} to "
                f"{one.until:%Y-%m-%dT%H:%MZ} by {way}, whose records would be doubled: choose a "
                "window beside it"
            )
