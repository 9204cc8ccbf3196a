"""Django's SQLite engine, with turns for those who write: the file lets one do so at a time."""
