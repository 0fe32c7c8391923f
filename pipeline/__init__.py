"""flowcause: why a packet did not get through, from VPC Flow Logs and configuration snapshots.

The map of the house, from the ground up; nothing imports upwards:
errors       what can go wrong, and what to do about it
records      what a flow record is: fields, decoding (pure)
lake         where rows live: tables, catalog, versions
sources      where bytes come from
snapshots    what the network looked like, folded to intervals
ingest       one run: read, decode, write, commit
engines      what runs the SQL
attribution  why: runs queries/attribution, words the remedies
reports      what people see
api, cli     the verbs, and the command line on top of them
"""

import logging

__version__ = "0.1.0"

# What happens is logged; who wants to read it adds a handler.
logging.getLogger(__name__).addHandler(logging.NullHandler())
