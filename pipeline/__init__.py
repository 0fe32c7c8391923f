"""flowcause: why a packet did not get through, from VPC Flow Logs and configuration snapshots.

The map of the house, from the ground up; nothing imports upwards:
errors       what can go wrong, and what to do about it
records      what a flow record is: fields, decoding (pure)
lake         where rows live: tables, catalog, versions
sources      where bytes come from
snapshots    what the network looked like, folded to intervals
ingest       one run: read, decode, write, commit
engines      what runs the SQL
attribution  why: runs queries/attribution over records and packets
remedies     what would let a packet pass: worded, and tried
explain      one packet's whole way, hop by hop
reports      what people see
api, cli     the verbs, and the command line on top of them
"""

import logging
import os

__version__ = "0.1.0"

# What happens is logged; who wants to read it adds a handler.
logging.getLogger(__name__).addHandler(logging.NullHandler())

# Polars' allocator, jemalloc, gives memory that was freed back to the kernel at once, and takes it
# anew for the next object's columns: a sixth of the time of an ingest. It is told to wait two
# seconds, unless it was told something already; it reads this once, when polars is first imported.
# https://jemalloc.net/jemalloc.3.html#opt.dirty_decay_ms
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:2000,muzzy_decay_ms:-1")
