"""Why: runs queries/attribution, keeps the verdicts, words the remedies and tries them."""
