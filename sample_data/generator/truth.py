"""truth.csv: one row a planted fault, written from the plants before any record is made."""

import csv
from pathlib import Path

from .faults import Fault
from .ids import aws_id, iso, utc
from .plants_acls import ACLS, REPLIES, UNSETTLED
from .plants_groups import BY_THE_RECORD, GROUPS
from .plants_hosts import ARRIVED, DEPOT_GROUPS
from .plants_unrefused import SCANNING, SILENT
from .plants_ways import EXITS, PEERED, TRANSIT

FAULTS = [*BY_THE_RECORD, *GROUPS, *ACLS, *REPLIES, *UNSETTLED, *SCANNING, *SILENT]
FAULTS += [*DEPOT_GROUPS, *ARRIVED, *EXITS, *PEERED, *TRANSIT]
COLUMNS = (
    "fault what specification row record interface_id direction src_ip dst_ip protocol dst_port "
    "first_time last_time cause certainty element_type element_id rule peer_vpc_id path records"
)
GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide"
PEERING = "https://docs.aws.amazon.com/vpc/latest/peering"
TRANSIT = "https://docs.aws.amazon.com/vpc/latest/tgw"
BALANCING = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"
# What AWS says of each row of the decision table.
SOURCES = {
    "1": f"{GUIDE}/security-vpc-bpa.html",
    "2": f"{GUIDE}/flow-log-records.html",
    "3": "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html",
    "4": f"{GUIDE}/security-group-rules.html",
    "5": f"{GUIDE}/nacl-rules.html",
    "6": f"{GUIDE}/security-group-rules.html",
    "7": f"{GUIDE}/nacl-basics.html",
    "8": f"{GUIDE}/nacl-rules.html",
    "10": "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html",
    "11": f"{GUIDE}/flow-log-records.html",
    "12": f"{GUIDE}/flow-logs-records-examples.html",
    "13": f"{GUIDE}/flow-log-records.html",
    "14": f"{GUIDE}/flow-log-records.html",
    "15": f"{GUIDE}/security-group-rules.html",
    "16": f"{GUIDE}/nacl-rules.html",
    "17": f"{GUIDE}/nacl-basics.html",
    "18": f"{GUIDE}/flow-logs-records-examples.html",
    "21": f"{GUIDE}/flow-log-records.html",
    "23": f"{GUIDE}/flow-log-records.html",
    "24": "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html",
}
SILENT_SOURCES = {
    "route_missing": "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html",
    "route_blackhole": f"{GUIDE}/VPC_Route_Tables.html",
    "peering_not_active": "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html",
    "outside_peer_cidr": f"{PEERING}/vpc-peering-basics.html",
    "peering_not_transitive": f"{PEERING}/vpc-peering-basics.html",
    "route_diverted": f"{PEERING}/peering-configurations-partial-access.html",
    "tgw_no_route": f"{TRANSIT}/how-transit-gateways-work.html",
    "tgw_blackhole": f"{TRANSIT}/tgw-route-tables.html",
    "tgw_attachment_state": f"{TRANSIT}/acc-tgw-attach.html",
    "tgw_not_associated": f"{TRANSIT}/how-transit-gateways-work.html",
    "tgw_zone": f"{TRANSIT}/tgw-vpc-attachments.html",
    "tgw_nacl_deny": f"{TRANSIT}/tgw-nacls.html",
    "tgw_table_unseen": f"{TRANSIT}/transit-gateway-share.html",
    "no_interface": f"{GUIDE}/VPC_Route_Tables.html",
    "no_subnet": f"{GUIDE}/VPC_Route_Tables.html",
    "no_public_ip": f"{GUIDE}/VPC_Internet_Gateway.html",
    "dns_resolved_elsewhere": f"{PEERING}/vpc-peering-dns.html",
    "nat_protocol_unsupported": f"{GUIDE}/nat-gateway-basics.html",
    "nat_unsolicited": "https://repost.aws/knowledge-center/vpc-analyze-inbound-traffic-nat-gateway",
    "beyond_middlebox": f"{GUIDE}/route-table-options.html",
    "load_balancer_no_listener": f"{BALANCING}/load-balancer-listeners.html",
    "host_silent": f"{GUIDE}/flow-log-records.html",
    "host_refused": f"{GUIDE}/flow-log-records.html",
    "lost_unexplained": f"{GUIDE}/flow-log-records.html",
}


def write_truth(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS.split())
        writer.writerows(truth_row(fault) for fault in FAULTS)


def truth_row(fault: Fault) -> list[object]:
    source, destination = fault.ends
    seen, way = fault.seen, fault.way
    return [
        *(fault.name, fault.what, specification(fault), fault.row, seen.action),
        *(fault.interface.id, fault.direction, source, destination),
        *(fault.ask.protocol, fault.dst_port, iso(utc(seen.first)), iso(utc(seen.last))),
        *fault.verdict,
        *(aws_id("vpc", way.peer) if way.peer else "", way.path, seen.records),
    ]


def specification(fault: Fault) -> str:
    if fault.row == "silent":
        return f"decision table, silent losses: {SILENT_SOURCES[fault.verdict.cause]}"
    return f"decision table row {fault.row}: {SOURCES[fault.row]}"
