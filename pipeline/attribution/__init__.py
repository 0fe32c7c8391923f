"""Why: runs queries/attribution over the lake, keeps the verdicts, and words the remedies."""
