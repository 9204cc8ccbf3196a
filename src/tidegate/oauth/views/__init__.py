"""The authorization server's addresses: for programs (JSON) and for people (pages)."""
