"""README.md: what the sample is, with a table of its faults drawn from the plants."""

from pathlib import Path

from .faults import Fault
from .truth import FAULTS

TEXT = """# A small organisation with planted faults

Four accounts, eight VPCs in two Regions, {interfaces} network interfaces, two days of flow logs
(2026-03-02 and 2026-03-03, UTC), and the truth about everything that went wrong in them. Nothing
here is real: accounts and ids are invented, public addresses picked freely.

| VPC | account | Region | addresses | flow log |
|---|---|---|---|---|
| shop | 047615872826 | eu-west-1 | 10.10.0.0/16 | version 2, the default fields |
| data | 320157496418 | eu-west-1 | 10.20.0.0/16 | version 5, 29 fields in alphabetical order |
| platform | 598214073356 | eu-west-1 | 10.30.0.0/16 | version 8, Hive-compatible folders |
| us | 047615872826 | us-east-1 | 10.40.0.0/16 and IPv6 | version 3 |
| lab | 320157496418 | us-east-1 | 10.20.0.0/16, as data | version 5, a few fields |
| depot | 741963025814 | eu-west-1 | 10.50.0.0/16 | version 5, a few fields |
| annex | 741963025814 | eu-west-1 | 10.51.0.0/16 | version 5, a few fields, of one subnet |
| yard | 741963025814 | eu-west-1 | 10.51.0.0/16, as annex | as annex |

shop and data are peered, and so are us and lab; shop has asked us for a peering that nobody
accepted. depot is peered with annex and with yard. A transit gateway joins shop, platform, depot
and an office; annex is attached to it, but in none of its tables, and yard waits to be accepted.
yard is attached to one of a carrier, too, of whose account there is no snapshot. Nobody listed the
network ACLs of lab, so no snapshot has them.

- `snapshots/day-one` was taken at 2026-03-01T22:00Z, `snapshots/day-two` at 2026-03-03T00:00Z:
  AWS CLI answers by account and Region. In between one group rule was removed (data-warehouse no
  longer lets 10.10.10.0/24 in) and one interface appeared (shop-web-5).
- `logs` has the keys that AWS gives to objects in S3, one file for six hours instead of one for
  five minutes.
- `trail` has CloudTrail's files of the second of March: who removed that rule, and when
  (23:58:41), beside calls that changed nothing, or were undone.
- `truth.csv` has one row a fault. Every REJECT record belongs to exactly one row: the one whose
  interface, direction, addresses, protocol, destination port (`*` is any) and times, both
  inclusive, it fits. Addresses are the packet's own (`pkt-srcaddr`, `pkt-dstaddr` where the log
  has them). Rows with `record` = ACCEPT are silent losses: packets that left and arrived nowhere,
  told by the ACCEPT record at their sender, or that arrived where the host did not let them in; how
  sure one can be of these is left empty.

Write it all again, byte for byte, with `python sample_data/generate.py`. Every fault is declared
before any record is made: `generator/plants_*.py` become `truth.csv`, then the logs.

## The faults

| fault | row | cause | records | what happened |
|---|---|---|---|---|
{rows}

Together {rejects} REJECT records and {losses} records of silent losses. The row is that of the
decision table, which numbers what a REJECT record can mean. Every cause has its fault.
"""


def write_readme(path: Path, interfaces: int) -> None:
    text = TEXT.format(
        interfaces=interfaces,
        rows="\n".join(table_row(fault) for fault in FAULTS),
        rejects=total("REJECT"),
        losses=total("ACCEPT"),
    )
    path.write_text(text, encoding="utf-8")


def table_row(fault: Fault) -> str:
    cells = (fault.name, fault.row, fault.verdict.cause, str(fault.seen.records), fault.what)
    return f"| {' | '.join(cells)} |"


def total(action: str) -> int:
    return sum(fault.seen.records for fault in FAULTS if fault.seen.action == action)
