"""Secrets of second factors, unreadable in the database and its backups."""

from typing import Final

from tidegate.core import sealing

_USE: Final = "tidegate.accounts.second_factor"


def seal(text: str) -> str:
    """Encrypt with a key made from the installation's own."""
    return sealing.seal(text, _USE)


def unseal(sealed: str) -> str:
    """The text again. Raises cryptography.fernet.InvalidToken when the installation's key is another."""
    return sealing.unseal(sealed, _USE)
