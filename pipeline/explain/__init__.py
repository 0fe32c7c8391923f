"""One packet's whole way: each hop, what stops it, who answers its name, and what the logs saw."""
