"""What changes a directory. Each action checks, writes and records in one transaction."""
