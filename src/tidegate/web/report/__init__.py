"""The report of a customer over a period: read once, shown as a page that prints, and as a file."""
