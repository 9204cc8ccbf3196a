"""See `tidegate.core.management`."""
