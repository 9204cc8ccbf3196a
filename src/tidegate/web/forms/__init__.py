"""Forms: read what was typed into typed values, and put the domain's reasons beside their fields."""
