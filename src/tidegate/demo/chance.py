"""Chance and identifiers that come out the same every time they are asked for."""

import hashlib
from random import Random
from uuid import UUID


def dice(*parts: object) -> Random:
    """A source of chance that depends on `parts` and on nothing else."""
    return Random(_join(parts))  # noqa: S311 - a made-up world must repeat itself; nothing here is a secret


def guid(*parts: object) -> UUID:
    """A GUID of version 4's shape that depends on `parts` only."""
    return UUID(bytes=hashlib.sha256(_join(parts).encode()).digest()[:16], version=4)


def hex_of(length: int, *parts: object) -> str:
    """`length` hexadecimal digits (at most 128), as long as a real hash of that length."""
    return hashlib.sha512(_join(parts).encode()).hexdigest()[:length]


def number_of(below: int, *parts: object) -> int:
    """A whole number from 0 up to `below`."""
    return int(hex_of(15, *parts), 16) % below


def _join(parts: tuple[object, ...]) -> str:
    return "\x1f".join(str(part) for part in parts)
