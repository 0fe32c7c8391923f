"""Where bytes come from: each source finds objects and reads them, and knows nothing of records."""
