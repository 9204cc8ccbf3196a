"""What members of a home tenant do to its tenant groups, tags and service levels."""
