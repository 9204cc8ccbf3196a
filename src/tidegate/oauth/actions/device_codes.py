"""Device codes (RFC 8628): given to a device, decided on by a person, redeemed once."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.crypto import salted_hmac

from tidegate.accounts.lasting import mark_sessions
from tidegate.core import clock
from tidegate.directory.models import User
from tidegate.oauth.models import DeviceCode
from tidegate.oauth.opaque import digest_of
from tidegate.oauth.people import account_of
from tidegate.oauth.places import Place
from tidegate.oauth.scopes import Asked
from tidegate.oauth.sender import Sender
from tidegate.oauth.tokens import Version

LIFETIME: Final = timedelta(minutes=15)
INTERVAL: Final = 5
# No vowels, so that no word comes of it, and nothing that is mistaken for another when read aloud.
_SIGNS: Final = "BCDFGHJKLMNPQRSTVWXZ23456789"
_LENGTH: Final = 9


@dataclass(frozen=True, slots=True)
class NewCodes:
    """What the device gets: its own code, and the one that it shows to people."""

    device_code: str
    user_code: str


def give_device_code(
    client_id: uuid.UUID, place: Place, asked: Asked, version: Version, sender: Sender
) -> NewCodes:
    """Both codes of a new request, good for 15 minutes."""
    device_code = secrets.token_urlsafe(48)
    user_code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    now = clock.now()
    DeviceCode.objects.create(
        device_code_hash=digest_of(device_code),
        user_code_hash=_hash_user_code(user_code),
        client_id=client_id,
        asked_tenant_id=place.tenant_id,
        asked=asked.dump(),
        version=version,
        ip_address=sender.ip_address,
        user_agent=sender.user_agent,
        created_at=now,
        ends_at=now + LIFETIME,
        interval=INTERVAL,
    )
    return NewCodes(device_code, user_code)


def find_by_device_code(text: str) -> DeviceCode | None:
    """The request of a device, whatever became of it."""
    return DeviceCode.objects.filter(device_code_hash=digest_of(text)).first()


def find_by_user_code(text: str) -> DeviceCode | None:
    """The request that waits for a person under this code, which may be typed in small letters."""
    typed = "".join(sign for sign in text.upper() if sign.isalnum())
    waiting = DeviceCode.objects.filter(decided_at__isnull=True, ends_at__gt=clock.now())
    return waiting.filter(user_code_hash=_hash_user_code(typed)).first()


def note_asked(code: DeviceCode) -> bool:
    """Whether the device waited as long as it was told; if not, it waits longer (RFC 8628, section 3.5)."""
    now, last = clock.now(), code.last_asked_at
    # A second less is how inexact clocks and networks are.
    is_early = last is not None and (now - last).total_seconds() < code.interval - 1
    interval = code.interval + (5 if is_early else 0)
    DeviceCode.objects.filter(id=code.id).update(last_asked_at=now, interval=min(interval, 60))
    return not is_early


def approve(code: DeviceCode, user: User, signed_in_at: datetime) -> bool:
    """Let the device act for this person; False where somebody decided before, or its time is over."""
    return _decide(
        code,
        tenant_id=user.tenant_id,
        user_id=user.id,
        session_hash=mark_sessions(account_of(user)),
        signed_in_at=signed_in_at,
    )


def decline(code: DeviceCode) -> bool:
    """Tell the device no; False where somebody decided before, or its time is over."""
    return _decide(code, is_declined=True)


def use_device_code(code: DeviceCode) -> bool:
    """Redeem it; False for a second time."""
    rows = DeviceCode.objects.filter(id=code.id, redeemed_at__isnull=True)
    return bool(rows.update(redeemed_at=clock.now()))


def _decide(code: DeviceCode, **values: object) -> bool:
    now = clock.now()
    waiting = DeviceCode.objects.filter(id=code.id, decided_at__isnull=True, ends_at__gt=now)
    return bool(waiting.update(decided_at=now, **values))


def _hash_user_code(text: str) -> str:
    return salted_hmac("tidegate.oauth.user_code", text, algorithm="sha256").hexdigest()
