"""What a rule, and all rules together, can say of a packet."""

MATCH, DOUBTFUL, INEFFECTIVE, UNKNOWN, DEPENDS, MISS, NONE = (
    "match",
    "doubtful",
    "ineffective",
    "unknown",
    "depends",
    "miss",
    "none",
)
# The first of these that any rule gives is the answer of all together: where several references
# are in doubt, all must be shut for certain.
PRECEDENCE = (MATCH, DOUBTFUL, INEFFECTIVE, UNKNOWN, DEPENDS, MISS)
IN_DOUBT = (DOUBTFUL, INEFFECTIVE)
