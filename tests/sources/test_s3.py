"""Flow logs in S3, read from a real server."""

import gzip

from pipeline import api
from pipeline.config import Settings
from pipeline.sources.s3_keys import Wanted

HEADER = "version account-id interface-id srcaddr dstaddr start end action log-status"
LINE = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1772400000 1772400060 REJECT OK"
FOLDER = "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/03/01"
NAME = "123456789012_vpcflowlogs_eu-west-1_fl-1_20260301T2120Z_0a1b2c3d.log.gz"


def packed(*lines):
    return gzip.compress("\n".join([HEADER, *lines, ""]).encode())


def test_flow_logs_below_a_prefix_are_ingested(bucket, access, tmp_path):
    bucket.put(f"{FOLDER}/{NAME}", packed(LINE, LINE))
    bucket.put("AWSLogs/123456789012/elasticloadbalancing/eu-west-1/x.log", b"not ours")
    summary = api.ingest_s3(f"s3://{bucket.name}/", Wanted(), access, Settings(tmp_path / "lake"))
    assert (summary.found, summary.ingested, summary.counts["flows"]) == (1, 1, 2)
