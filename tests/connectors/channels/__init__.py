"""Ways out: mail, webhooks, chats."""
