"""Flow logs as Security Lake writes them: OCSF in Parquet, as AWS's mapping table says.

https://github.com/ocsf/examples/tree/main/mappings/markdown/AWS/v1.1.0/VPC%20Flowlogs
"""

import io
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq

TEXT, INT, LONG = pa.string(), pa.int32(), pa.int64()
PRODUCT = pa.struct(
    [
        ("version", TEXT),
        ("name", TEXT),
        ("feature", pa.struct([("name", TEXT)])),
        ("vendor_name", TEXT),
    ]
)
METADATA = pa.struct([("product", PRODUCT), ("profiles", pa.list_(TEXT)), ("version", TEXT)])
ENDPOINT = pa.struct(
    [
        ("port", INT),
        ("svc_name", TEXT),
        ("ip", TEXT),
        ("intermediate_ips", pa.list_(TEXT)),
        ("interface_uid", TEXT),
        ("vpc_uid", TEXT),
        ("instance_uid", TEXT),
        ("subnet_uid", TEXT),
    ]
)
CONNECTION = pa.struct(
    [
        ("protocol_num", INT),
        ("tcp_flags", INT),
        ("protocol_ver", TEXT),
        ("boundary_id", INT),
        ("boundary", TEXT),
        ("direction_id", INT),
        ("direction", TEXT),
    ]
)
SHARED = {
    "metadata": METADATA,
    "src_endpoint": ENDPOINT,
    "dst_endpoint": ENDPOINT,
    "connection_info": CONNECTION,
    "traffic": pa.struct([("packets", LONG), ("bytes", LONG)]),
    "time": LONG,
    "status_code": TEXT,
    "severity_id": INT,
    "class_name": TEXT,
    "class_uid": INT,
    "activity_id": INT,
    "disposition": TEXT,
    "type_uid": INT,
    "unmapped": pa.map_(TEXT, TEXT),
}
SHAPES = {
    "1.0.0-rc.2": SHARED
    | {
        "cloud": pa.struct([("account_uid", TEXT), ("region", TEXT), ("zone", TEXT)]),
        "start_time": LONG,
        "end_time": LONG,
        "disposition_id": INT,
    },
    "1.1.0": SHARED
    | {
        "cloud": pa.struct(
            [("account", pa.struct([("uid", TEXT)])), ("region", TEXT), ("zone", TEXT)]
        ),
        "time_dt": pa.timestamp("us"),
        "start_time_dt": pa.timestamp("us"),
        "end_time_dt": pa.timestamp("us"),
        "action": TEXT,
        "action_id": INT,
        "observables": pa.list_(pa.struct([("name", TEXT), ("value", TEXT)])),
        "accountid": TEXT,
        "region": TEXT,
        "asl_version": TEXT,
    },
}


def number(text: str) -> int | None:
    return None if text == "-" else int(text)


def endpoint(record: dict, side: str, seen: bool) -> dict:
    """Map one end of a record as AWS's mapping table says."""
    own, packet = record[f"{side}addr"], record[f"pkt-{side}addr"]
    names = ("interface", "vpc", "instance", "subnet")
    return {
        "port": number(record[f"{side}port"]),
        "svc_name": record[f"pkt-{side}-aws-service"],
        "ip": packet,
        "intermediate_ips": None if own == packet else [own],
    } | {f"{name}_uid": record[f"{name}-id"] if seen else None for name in names}


def event(record: dict, shape: str) -> dict:
    """Make a record of version 5 an OCSF event, as the mapping of that version says."""
    direction, action = record["flow-direction"], record["action"]
    path = number(record["traffic-path"])
    account = record["account-id"]
    given = {
        "metadata": {
            "product": {
                "version": record["version"],
                "name": "Amazon VPC",
                "feature": {"name": "Flowlogs"},
                "vendor_name": "AWS",
            },
            "profiles": ["cloud", "security_control"],
            "version": shape,
        },
        "cloud": {"region": record["region"], "zone": record["az-id"]},
        "src_endpoint": endpoint(record, "src", direction == "egress"),
        "dst_endpoint": endpoint(record, "dst", direction == "ingress"),
        "connection_info": {
            "protocol_num": number(record["protocol"]),
            "tcp_flags": number(record["tcp-flags"]),
            "protocol_ver": record["type"],
            "boundary_id": 99 if path is None else path + 3,
            "boundary": "-" if path is None else "Internet Gateway",
            "direction_id": {"ingress": 1, "egress": 2}.get(direction, 99),
            "direction": {"ingress": "Inbound", "egress": "Outbound"}.get(direction, "-"),
        },
        "traffic": {"packets": number(record["packets"]), "bytes": number(record["bytes"])},
        "time": int(record["start"]) * 1000,
        "status_code": record["log-status"],
        "severity_id": 1,
        "class_name": "Network Activity",
        "class_uid": 4001,
        "activity_id": {"ACCEPT": 6, "REJECT": 5}.get(action, 0),
        "type_uid": 400106,
        "unmapped": [
            (name.replace("-", "_"), record[name])
            for name in ("sublocation-type", "sublocation-id")
        ],
    }
    code = {"ACCEPT": 1, "REJECT": 2}.get(action, 0)
    times = int(record["start"]), int(record["end"])
    if shape == "1.1.0":
        given["cloud"]["account"] = {"uid": account}
        given |= {"action_id": code, "action": {1: "Allowed", 2: "Denied"}.get(code, "Unknown")}
        start, end = (datetime.fromtimestamp(time, UTC).replace(tzinfo=None) for time in times)
        given |= {"time_dt": start, "start_time_dt": start, "end_time_dt": end}
        given |= {"accountid": account, "region": record["region"], "asl_version": "2.0"}
        return given | {"observables": [{"name": "src_endpoint.ip", "value": record["srcaddr"]}]}
    given["cloud"]["account_uid"] = account
    given |= {"disposition_id": code, "start_time": times[0] * 1000, "end_time": times[1] * 1000}
    return given | {"disposition": {1: "Allowed", 2: "Blocked"}.get(code, "Unknown")}


def stored(events: list[dict], shape: str = "1.1.0", **types: pa.DataType) -> bytes:
    sink = io.BytesIO()
    schema = pa.schema((SHAPES[shape] | types).items())
    pq.write_table(pa.Table.from_pylist(events, schema), sink, compression="zstd")
    return sink.getvalue()
