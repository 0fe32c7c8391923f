"""Small objects a second from an S3 server on this machine, beside a bare concurrent get loop.

Both have the same number of requests under way on the same cores, which the server shares. The loop
knows its keys, gets every object with a client of boto3's and throws it away; ingest lists, reads,
decodes and commits them. Run by `make bench`; SMALL_OBJECTS sets how many there are.
"""

import gzip
import os
import random
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import boto3
import servers
import trial
from botocore.config import Config

from pipeline import api
from pipeline.config import Settings, Source
from pipeline.ingest.fetching import FETCHERS
from pipeline.sources import aws
from pipeline.sources.access import Access

OBJECTS = int(os.environ.get("SMALL_OBJECTS", "10000"))
ROUNDS = 3
HEADER = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status"
)


def main() -> None:
    print(trial.machine())
    with tempfile.TemporaryDirectory() as folder, servers.s3(Path(folder)) as endpoint:
        os.environ |= {
            "AWS_ACCESS_KEY_ID": servers.KEYS["accessKey"],
            "AWS_SECRET_ACCESS_KEY": servers.KEYS["secretKey"],
        }
        bucket = servers.Bucket(endpoint, "small")
        keys = fill(bucket)
        bare, ours = [], []
        for number in range(ROUNDS):
            bare.append(OBJECTS / timed(lambda: get_all(bucket, keys)))
            lake = Path(folder) / f"lake-{number}"
            ours.append(OBJECTS / timed(lambda to=lake: ingest(bucket, to)))
            shutil.rmtree(lake)
    print(f"{OBJECTS:,} objects of 2 to 32 KB in S3, {FETCHERS} requests under way")
    print(f"  flowcause ingest  {max(ours):>9,.0f} objects/s")
    print(f"  bare get loop     {max(bare):>9,.0f} objects/s")
    print(f"  ratio             {max(ours) / max(bare):>9.2f} x the loop's rate")


def fill(bucket: servers.Bucket) -> list[str]:
    """Put the objects, packed to 2 to 32 KB each, and return their keys."""
    rng = random.Random(7)
    keys = [
        "AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/03/"
        f"{1 + number * 28 // OBJECTS:02}/123456789012_vpcflowlogs_eu-west-1_fl-0a1b2c3d_"
        f"202603{1 + number * 28 // OBJECTS:02}T{number % 24:02}00Z_{number:08x}.log.gz"
        for number in range(OBJECTS)
    ]
    client = aws.client(Access(endpoint_url=bucket.endpoint), "s3")
    with ThreadPoolExecutor(16) as pool:
        bodies = (log(rng, number) for number in range(OBJECTS))
        made = pool.map(
            lambda key, body: client.put_object(Bucket=bucket.name, Key=key, Body=body),
            keys,
            bodies,
        )
        assert len(list(made)) == OBJECTS
    return keys


def log(rng: random.Random, number: int) -> bytes:
    start = 1_772_323_200 + number * 28 * 86_400 // OBJECTS
    lines = [
        f"2 123456789012 eni-{rng.randrange(200):017x} 10.0.{rng.randrange(256)}."
        f"{rng.randrange(256)} 10.1.2.3 {rng.randrange(1024, 65536)} 443 6 {rng.randrange(400)} "
        f"{rng.randrange(40000)} {start} {start + 60} ACCEPT OK"
        for _ in range(rng.randrange(70, 1150))
    ]
    return gzip.compress("\n".join([HEADER, *lines, ""]).encode(), 6, mtime=0)


def get_all(bucket: servers.Bucket, keys: list[str]) -> None:
    config = Config(max_pool_connections=FETCHERS)
    client = boto3.client("s3", "us-east-1", endpoint_url=bucket.endpoint, config=config)
    with ThreadPoolExecutor(FETCHERS) as pool:
        got = pool.map(
            lambda key: client.get_object(Bucket=bucket.name, Key=key)["Body"].read(), keys
        )
        assert all(got)


def ingest(bucket: servers.Bucket, lake: Path) -> None:
    source = Source("s3", f"s3://{bucket.name}/", endpoint_url=bucket.endpoint)
    summary = api.ingest([source], Settings(lake))
    assert (summary.ingested, summary.stopped) == (OBJECTS, [])


def timed(run) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
