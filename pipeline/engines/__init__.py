"""What runs the SQL. One engine today: DuckDB, in this process."""
