"""What has been ingested: the table that makes an object ingested once or not at all."""

from pipeline.lake.catalog import Lake


def ingested(lake: Lake) -> set[str]:
    """Return the ids of the objects that the lake holds; failed ones are tried again."""
    scan = lake.table("ledger").scan(
        row_filter="status = 'ingested'", selected_fields=("object_id",)
    )
    return set(scan.to_arrow()["object_id"].to_pylist())
