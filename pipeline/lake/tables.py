"""Every table of the lake, each declared once."""

import polars as pl

from pipeline.lake.columns import BOOLEAN, INT, LONG, TEXT, TEXTS, TIME, Column, Table
from pipeline.lake.inventory import INVENTORY_TABLES
from pipeline.records import fields

_PROVENANCE = (
    Column("overflow", pl.Map(TEXT, TEXT), "fields that are not in the list, as text"),
    Column("object_id", TEXT, "the object it was read from, as in the ledger"),
    Column("line_number", LONG, "the line in the object, counted from 1"),
    Column("event_id", TEXT, "the CloudWatch event's id, where there is one"),
    Column("time_source", TEXT, "what start_time rests on: record, event or object"),
)


def _flows(name: str, meaning: str, described: tuple[fields.Field, ...], seen_by: str) -> Table:
    columns = (Column(fields.column(f.name), f.dtype, f.meaning) for f in described)
    return Table(
        name,
        meaning,
        (*columns, *_PROVENANCE),
        day="start_time",
        covered_by="ledger",
        order=(seen_by, "start_time"),
    )


FLOWS = _flows("flows", "one row a VPC flow-log record", fields.VPC_FIELDS, "interface_id")
TRANSIT_GATEWAY_FLOWS = _flows(
    "transit_gateway_flows",
    "one row a transit-gateway flow-log record",
    fields.TRANSIT_GATEWAY_LAYOUT,
    "tgw_attachment_id",
)
REJECTED_LINES = Table(
    "rejected_lines",
    "lines that do not fit their header, as they stand",
    (
        Column("object_id", TEXT, "the object, as in the ledger"),
        Column("line_number", LONG, "the line in the object, counted from 1"),
        Column("reason", TEXT, "what does not fit"),
        Column("text", TEXT, "the line"),
        Column("event_id", TEXT, "the CloudWatch event's id, where there is one"),
    ),
    covered_by="ledger",
)
COUNTS = ("lines", "flows", "rejected", "headers", "blanks", "skipped")
LEDGER = Table(
    "ledger",
    "what was ingested and what failed; lines = flows + rejected + headers + blanks + skipped",
    (
        Column("object_id", TEXT, "first 32 hex digits of the SHA-256 of the object's identity"),
        Column(
            "source",
            TEXT,
            "files, s3 or cloudwatch; s3 also where a queue or an export task told of it",
        ),
        Column("uri", TEXT, "where it was found"),
        Column("etag", TEXT, "S3's ETag"),
        Column(
            "version_id", TEXT, "S3's, of the version that was read, where the bucket keeps them"
        ),
        Column("size", LONG, "bytes as stored"),
        Column("sha256", TEXT, "of the bytes as stored"),
        Column(
            "kind", TEXT, "what it is by its content: text, csv, parquet, ocsf, export or envelope"
        ),
        Column("log_format", TEXT, "the header line, or lines where it changes"),
        *(Column(name, LONG) for name in COUNTS),
        Column(
            "status",
            TEXT,
            "ingested, failed, or settled: it failed before and has nothing that the lake lacks",
        ),
        Column("reason", TEXT, "why it failed"),
        Column("run_id", TEXT, "the run that read it"),
        Column("ingested_at", TIME, "when it was committed"),
    ),
)
RUNS = Table(
    "runs",
    "what was run on the lake, when, by which version",
    (
        Column("run_id", TEXT),
        Column(
            "verb",
            TEXT,
            "ingest files, ingest s3, ingest sqs, ingest cloudwatch, snapshot take, "
            "snapshot load, snapshot changes, attribute, lake compact or lake expire",
        ),
        Column("version", TEXT, "of flowcause"),
        Column("started", TIME),
        Column("finished", TIME, "NULL where a row says how far a run has come"),
        Column("outcome", TEXT, "what it did, and what stopped it, in a line"),
        Column("source", TEXT, "what an ingest read, and of which accounts and Regions alone"),
        Column("read_until", TIME, "until when the source is read; NULL where part of it is not"),
    ),
)
OBSERVATIONS = Table(
    "observations",
    "each call a snapshot made, and whether it was answered in full",
    (
        Column("observation_id", TEXT, "of its scope and time"),
        Column("account_id", TEXT, "the account whose view it is"),
        Column("region", TEXT),
        Column("call", TEXT, "the AWS CLI's name of the call"),
        Column("subject_id", TEXT, "what the call was about, where it asks for one thing"),
        Column("scope", TEXT, "account, Region, call and subject, as in the inventory tables"),
        Column("started", TIME),
        Column("finished", TIME),
        Column("caller", TEXT, "the principal that called, where known"),
        Column("complete", BOOLEAN, "false where the answer was cut or failed"),
        Column("error", TEXT, "why it is not, or why something was left out"),
        Column(
            "left_out",
            TEXTS,
            "what a complete answer does not tell, as table/id: objects that do not fit, or are "
            "there in two forms, and lists that an object lacks",
        ),
        Column("sha256", TEXT, "of the answer"),
        Column("run_id", TEXT, "the run that loaded it"),
    ),
)
CHANGES = Table(
    "changes",
    "calls that changed the configuration, as CloudTrail tells: what, when, by whom",
    (
        Column("event_id", TEXT, "CloudTrail's"),
        Column("event_time", TIME, "when AWS answered the call"),
        Column("account_id", TEXT, "the account whose configuration it is"),
        Column("region", TEXT),
        Column("event_source", TEXT, "the service, like ec2.amazonaws.com"),
        Column("event_name", TEXT, "the call, like RevokeSecurityGroupIngress"),
        Column("principal", TEXT, "the ARN of who called, or the service that did"),
        Column("source_ip", TEXT, "where the call came from, or the service that made it"),
        Column("resource_ids", TEXTS, "the ids that request and answer name"),
        Column("request", TEXT, "the call's parameters, in JSON"),
        Column("error_code", TEXT, "why it changed nothing, where it failed"),
        Column("file", TEXT, "where the event was found"),
        Column("run_id", TEXT, "the run that loaded it"),
    ),
)
BLOCKER = pl.Struct(
    {"stage": TEXT, "element_type": TEXT, "element_id": TEXT, "rule": TEXT, "cause": TEXT}
)
NEAREST_MISS = pl.Struct({"element_type": TEXT, "element_id": TEXT, "rule": TEXT, "why": TEXT})
DECISIONS = Table(
    "decisions",
    "one row a distinct answer: what decided, how surely, and on what it rests",
    (
        Column("decision_id", TEXT, "of the row's own content"),
        Column("account_id", TEXT, "the interface's owner"),
        Column("vpc_id", TEXT),
        Column("subnet_id", TEXT),
        Column("interface_id", TEXT),
        Column("direction", TEXT, "ingress or egress, seen from the interface"),
        Column("peer_ip", TEXT, "the other end's address"),
        Column("peer_vpc_id", TEXT),
        Column("peer_account_id", TEXT),
        Column("peer_interface_id", TEXT),
        Column("peer_candidates", TEXTS, "VPCs that hold it where neither route nor logs name one"),
        Column(
            "path",
            TEXT,
            "local, peering, transit-gateway, internet, nat, vpn, endpoint or unknown",
        ),
        Column("phase", TEXT, "initial, reply, late or unknown"),
        Column("phase_source", TEXT, "flags, reverse-flow or heuristic"),
        Column("cause", TEXT, "a code of docs/decision-table.md"),
        Column("alias", TEXT, "Reachability Analyzer's code for it, where one exists"),
        Column("certainty", TEXT, "certain, probable, conditional or unknown"),
        Column("leg", TEXT, "forward or reply"),
        Column("element_type", TEXT),
        Column("element_id", TEXT, "a miss names all groups of the interface, joined by commas"),
        Column(
            "rule", TEXT, "the ACL's rule number, the group rule's id or the route's destination"
        ),
        Column("blockers", pl.List(BLOCKER), "all that would have blocked, in path order"),
        Column(
            "nearest_miss", NEAREST_MISS, "the rule or setting that almost let it pass, and why not"
        ),
        Column("observed_before", TIME, "the snapshot judged by; NULL where none precedes"),
        Column("observed_after", TIME, "the next one"),
        Column("stable", BOOLEAN, "whether both snapshots give the same answer"),
        Column("note", TEXT, "what is unknown, and what would settle it"),
    ),
    covered_by="judgements",
)
JUDGEMENTS = Table(
    "judgements",
    "one row a judged record, refused or lost; the newest of a record stands",
    (
        Column("object_id", TEXT, "the record's object"),
        Column("line_number", LONG, "the record's line"),
        Column("src_ip", TEXT, "the packet's source: pkt-srcaddr where present"),
        Column("dst_ip", TEXT, "the packet's destination: pkt-dstaddr where present"),
        Column("src_port", INT),
        Column("dst_port", INT),
        Column("protocol", INT),
        Column("start_time", TIME),
        Column("end_time", TIME),
        Column("packets", LONG),
        Column("bytes", LONG),
        Column("tcp_flags", INT),
        Column("decision_id", TEXT, "NULL where what was judged lost turned out not to be"),
        Column("judged_at", TIME),
        Column("run_id", TEXT, "the run that judged it"),
        Column("replaced_because", TEXT, "why an earlier judgement of the record no longer stands"),
    ),
    day="start_time",
    order=("start_time",),
)
TABLES = {
    table.name: table
    for table in (
        FLOWS,
        TRANSIT_GATEWAY_FLOWS,
        REJECTED_LINES,
        LEDGER,
        RUNS,
        OBSERVATIONS,
        CHANGES,
        *INVENTORY_TABLES,
        DECISIONS,
        JUDGEMENTS,
    )
}
