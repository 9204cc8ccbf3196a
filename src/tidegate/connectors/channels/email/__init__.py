"""Mail over SMTP (RFC 5321): a message is composed from plain data, and handed to a server."""
