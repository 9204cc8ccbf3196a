"""Signed webhooks as the Standard Webhooks specification has them (standardwebhooks.com, version 1)."""
