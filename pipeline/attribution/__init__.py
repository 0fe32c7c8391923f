"""Why: runs queries/attribution over records or packets, and keeps the verdicts."""
