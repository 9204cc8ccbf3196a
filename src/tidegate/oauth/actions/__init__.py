"""What the authorization server writes: codes, tokens, sign-ins."""
