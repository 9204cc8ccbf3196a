"""What alerts name, as pages show it: grouped by kind, told once, in few words or field by field."""
