"""What analysts do to the queue, and how files come in. Each action is one transaction and one event."""
