"""What has been ingested: the table that makes an object ingested once or not at all."""

from typing import Literal

from pipeline.lake.catalog import Lake


def ingested(lake: Lake) -> set[str]:
    """Return the ids of the objects that the lake holds; failed ones are tried again."""
    scan = lake.table("ledger").scan(
        row_filter="status = 'ingested'", selected_fields=("object_id",)
    )
    return set(scan.to_arrow()["object_id"].to_pylist())


def uris(
    lake: Lake, column: Literal["kind", "source"], value: Literal["cloudwatch", "export"]
) -> list[str]:
    """Return where the ingested objects of a kind or source were found."""
    rows = f"status = 'ingested' and {column} = '{value}'"
    scan = lake.table("ledger").scan(row_filter=rows, selected_fields=("uri",))
    return list(scan.to_arrow()["uri"].to_pylist())
