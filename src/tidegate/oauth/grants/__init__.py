"""One module a grant type (RFC 6749, section 4; RFC 8628): from what a client presents to what it gets."""
