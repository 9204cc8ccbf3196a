"""What every test run stands on: its environment and its database engine."""
