"""What people see: reports asked of the lake, drawn on the terminal or written as documents."""
