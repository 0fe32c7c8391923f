"""One run of ingest: objects read, decoded in batches, committed once each, and accounted for."""
