"""The stages of queries/attribution, in the order in which each reads what those before it made.

Each is one SELECT and becomes a temporary table under its file's name, save those of MACROS.
"""

# What makes something of its own that the later stages read.
MACROS = ("functions", "rejects", "sending", "routing")
# What goes through all records, and joins them to what is written last.
SCANS = (
    "own_ends",
    "earlier_flows",
    "passed_starts",
    "senders",
    "sent",
    "sent_answers",
    "sent_arrivals",
    "missed",
    "answered_since",
    "counterparts",
    "gateway_counts",
)

# By which hash later stages know the rows of these: no two may share one.
HASHED = {"texts": "text_hash", "keys": "key_hash"}

# Which snapshots there are, and the stretches of time that each judges.
TIMES = (
    "functions",
    "taken",
    "scopes",
    "untold",
    "vpc_owners",
    "joined_regions",
    "epochs",
    "stretches",
    "known_interfaces",
    "slots",
    "hours",
)
# The refused records, and the distinct keys of what their answers depend on.
REFUSED = (
    "own_ends",
    "telling_objects",
    "idle_timeouts",
    "doubted",
    "earlier_flows",
    "evidence",
    "texts",
    "passed_starts",
    "shared_addresses",
    "senders",
    "rejects",
    "keys",
    "tuples",
)
# The accepted records of what may have been lost, what else the logs show of it, and what is asked.
MISSED = (
    "sending",
    "sent",
    "sent_answers",
    "sent_arrivals",
    "missed",
    "answered_since",
    "counterparts",
    "gateway_counts",
    "lost_keys",
    "loss_cases",
    "loss_questions",
)
# What is asked of the snapshots.
ASKED = (
    "addresses_asked",
    "networks",
    "cases",
    "directions",
    "directed",
    "asked",
    "followed",
    "moments",
)
# What stood at each moment, whoever asks.
STOOD = (
    "views_at",
    "call_ages",
    "interfaces_at",
    "carried_groups",
    "private_peers",
    "peerings_at",
    "prefix_lists_at",
    "addresses_at",
    "members_at",
    "group_rules",
    "allowances",
    "late_rules",
    "stale_rules",
    "vpc_blocks_at",
    "public_access_at",
    "public_addresses_at",
    "vpc_links_at",
    "logging_at",
    "subnet_zones",
    "subnet_blocks_at",
    "nat_gateways_at",
    "associations_at",
    "attachments_at",
    "attachment_subnets_at",
    "crossed_subnets",
    "route_tables_at",
    "routes_at",
    "gateway_routes_at",
    "far_blocks_at",
    "routing",
    "acl_entries_at",
)
# From each interface to the address at the other end, as far as it takes to know who is there.
ENDS = (
    "ends",
    "next_hops",
    "peering_hops",
    "gateway_entries",
    "gateway_hops",
    "far_entries",
    "far_hops",
    "landings",
    "peers",
)
# Hop by hop between the ends that are `followed`: what lets a packet pass, and what does not.
WAYS = (
    "homecomings",
    "home_hops",
    "exits",
    "nat_entries",
    "nat_hops",
    "arrivals",
    "gateway_crossings",
    "route_steps",
    "peering_steps",
    "gateway_entry_steps",
    "gateway_table_steps",
    "gateway_exit_steps",
    "exit_steps",
    "internet_steps",
    "arrival_steps",
    "ways",
)
# What groups and ACLs say of each refused packet, and the decision table.
DECIDED = (
    "phases",
    "origins",
    "questions",
    "same_subnet",
    "group_answers",
    "tracking",
    "acl_answers",
    "decision_table",
    "decided_rows",
    "answers",
    "stale_fits",
    "lapses",
    "notes",
    "near_groups",
    "near_entries",
    "case_questions",
    "worded_decisions",
)
# What on these ways depends on a packet's protocol, port and own address.
STEPS = ("loss_acls", "listeners_missing", "loss_steps")
# What the ways and the logs say of each packet that may have been lost, and the pair table.
LOST = (
    *STEPS,
    "loss_ways",
    "sole_holders",
    "loss_targets",
    "watched_at",
    "log_spans",
    "log_skips",
    "loss_coverage",
    "loss_classes",
    "public_elsewhere",
    "loss_pairs",
    "loss_blocks",
    "loss_findings",
    "loss_answers",
    "loss_decisions",
)
# What is to be written, and by which query the rows of each table.
WRITTEN = {"decisions": "new_decisions", "judgements": "new_judgements"}
MADE = ("decisions_made", "key_decisions", "last_kept", "loss_judgements", "days")
STAGES = (
    *TIMES,
    *REFUSED,
    *MISSED,
    *ASKED,
    *STOOD,
    *ENDS,
    *WAYS,
    *DECIDED,
    *LOST,
    *MADE,
)
