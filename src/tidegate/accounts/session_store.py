"""Sessions in the database, as Django keeps them there; what each request asks of one is kept ready."""

from datetime import datetime
from typing import Any, Final

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tidegate.core.prepared import INSTANT, TEXT, PreparedObjects
from tidegate.core.prepared_writes import Changes, PreparedUpdate


class SessionStore(db.SessionStore):
    """One session. The names are Django's."""

    def _get_session_from_db(self) -> Session | None:
        session = _CURRENT.first(key=self.session_key, at=timezone.now())
        if session is None:
            self._session_key = None
        return session

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002  Django's signature
        """Keep what changed. Raises UpdateError for a session that was ended meanwhile."""
        if must_create or self.session_key is None:
            return super().save(must_create)
        kept = self.create_model_instance(self._session)  # type: ignore[attr-defined]
        with transaction.atomic():
            written = _KEEP.run(key=kept.session_key, data=kept.session_data, ends_at=kept.expire_date)
        if not written:
            raise UpdateError
        return None


def _current(key: str, at: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=at)


def _keep(key: str, data: str, ends_at: datetime) -> tuple[QuerySet[Session, Any], Changes]:
    return Session.objects.filter(session_key=key), {"session_data": data, "expire_date": ends_at}


_CURRENT: Final = PreparedObjects(_current, key=TEXT, at=INSTANT)
_KEEP: Final = PreparedUpdate(_keep, key=TEXT, data=TEXT, ends_at=INSTANT)
