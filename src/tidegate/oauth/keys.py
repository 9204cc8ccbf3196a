"""The keys that tokens are signed with: made, rotated with overlap, published.

Kept in the process for a minute at most, so that signing and checking a token ask no database.
"""

import json
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from joserfc.jwk import RSAKey

from tidegate.core import clock
from tidegate.core.sealing import seal, unseal
from tidegate.oauth.models import SigningKey

SIGNS_FOR: Final = timedelta(days=60)
# Clients keep our keys for up to a day: a key is published that long before it signs.
PUBLISHED_BEFORE: Final = timedelta(days=2)
PUBLISHED_AFTER: Final = timedelta(days=2)
_USE: Final = "tidegate.oauth.signing_key"
_KEPT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of one moment: those that are published, and when each signs."""

    rows: tuple[SigningKey, ...]
    private: dict[str, RSAKey]
    public: dict[str, RSAKey]
    read_at: float

    def signing(self, at: datetime) -> RSAKey | None:
        """The newest key that signs at this instant."""
        fit = [row for row in self.rows if row.signs_from <= at < row.retires_at]
        return self.private[max(fit, key=lambda row: row.signs_from).key_id] if fit else None


_lock = threading.Lock()
_kept: list[Ring] = []


def signing_key() -> RSAKey:
    """The key to sign with now; made if there is none."""
    key = _ring().signing(clock.now())
    if key is None:
        rotate_keys()
        key = _ring(fresh=True).signing(clock.now())
    assert key is not None  # noqa: S101  the line above made one
    return key


def find_public_key(key_id: str) -> RSAKey | None:
    """The published key with this id; one that another process just made is found too."""
    ring = _ring()
    if key_id not in ring.public and time.monotonic() - ring.read_at > 1.0:
        ring = _ring(fresh=True)
    return ring.public.get(key_id)


def published_keys() -> list[dict[str, Any]]:
    """The public keys as JWKs (RFC 7517), newest first."""
    return [dict(row.public_key) for row in _ring().rows]


def rotate_keys() -> bool:
    """Make the next key when the last will retire soon, and forget those no token needs. A job."""
    now = clock.now()
    with transaction.atomic():
        rows = list(SigningKey.objects.select_for_update().order_by("-retires_at"))
        SigningKey.objects.filter(retires_at__lt=now - PUBLISHED_AFTER).delete()
        last = rows[0].retires_at if rows else now
        if last > now + PUBLISHED_BEFORE:
            return False
        _make_key(now, max(last, now))
    forget_kept_keys()
    return True


def forget_kept_keys() -> None:
    """Read the keys anew when they are next needed."""
    with _lock:
        _kept.clear()


def _make_key(now: datetime, signs_from: datetime) -> None:
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    private = json.dumps(key.as_dict(private=True))
    SigningKey.objects.create(
        key_id=key.kid or "",
        private_key=seal(private, _USE),
        public_key=key.as_dict(private=False),
        created_at=now,
        signs_from=signs_from,
        retires_at=signs_from + SIGNS_FOR,
    )


def _ring(*, fresh: bool = False) -> Ring:
    with _lock:
        is_good = _kept and not fresh and time.monotonic() - _kept[0].read_at < _KEPT_SECONDS
        if not is_good:
            _kept[:] = [_read_ring()]
        return _kept[0]


def _read_ring() -> Ring:
    rows = tuple(SigningKey.objects.order_by("-signs_from"))
    private = {row.key_id: _import(unseal(row.private_key, _USE)) for row in rows}
    public = {row.key_id: _import(json.dumps(row.public_key)) for row in rows}
    return Ring(rows, private, public, time.monotonic())


def _import(text: str) -> RSAKey:
    return RSAKey.import_key(json.loads(text))
