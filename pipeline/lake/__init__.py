"""Where rows live: what tables there are, the Iceberg catalog behind them, and their versions."""
