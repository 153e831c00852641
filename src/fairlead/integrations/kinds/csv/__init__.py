"""People and tasks from CSV files."""
