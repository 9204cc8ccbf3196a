"""Django's PostgreSQL engine, which asks the server less: see `base`."""
