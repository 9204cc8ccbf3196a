"""The authorization server's tables."""

from tidegate.oauth.models.key import SigningKey

__all__ = ["SigningKey"]
