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
# The first of these that any rule gives is the answer of all together, for any rule may allow: what
# is unknown or depends on the type may where a reference does not. Where several references are in
# doubt, all must be shut for certain.
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
PRECEDENCE = (MATCH, UNKNOWN, DEPENDS, DOUBTFUL, INEFFECTIVE, MISS)
IN_DOUBT = (DOUBTFUL, INEFFECTIVE)
