"""What the record is told of feeds, once for each change: who fell behind, what is about to end.

From these events people are notified; nothing is sent here.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from tidegate.audit.actions import Target, append
from tidegate.authorization.scope import SYSTEM
from tidegate.core import clock
from tidegate.directory.models import Credential, Grant, ServicePrincipal
from tidegate.feeds.actions.replays import consumer_target
from tidegate.feeds.models import Consumer, EndingNote


def note_fell_behind(consumer: Consumer, waiting_since: datetime) -> bool:
    """Something has waited too long for a consumer; whether that was news."""
    rows = Consumer.objects.of_tenant(consumer.tenant_id).filter(id=consumer.id)
    with transaction.atomic():
        if not rows.filter(behind_since__isnull=True).update(behind_since=clock.now()):
            return False
        details = {"application": consumer.client_id, "waiting_since": waiting_since}
        append(consumer.tenant_id, SYSTEM, "feed.fell_behind", consumer_target(consumer), details=details)
    return True


def note_caught_up(consumer: Consumer) -> bool:
    """Nothing waits too long any more; whether that was news."""
    rows = Consumer.objects.of_tenant(consumer.tenant_id).filter(id=consumer.id)
    with transaction.atomic():
        if not rows.filter(behind_since__isnull=False).update(behind_since=None):
            return False
        details = {"application": consumer.client_id, "behind_since": consumer.behind_since}
        append(consumer.tenant_id, SYSTEM, "feed.caught_up", consumer_target(consumer), details=details)
    return True


def note_credential_ending(credential: Credential) -> bool:
    """What an application proves itself with ends soon; told in the application's own tenant, once."""
    if credential.ends_at is None:
        return False
    application = credential.application
    target = Target("application", str(application.id), application.display_name)
    details = {
        "client_id": application.client_id,
        "kind": credential.kind,
        "credential": credential.display_name or credential.hint,
        "ends_at": credential.ends_at,
    }
    note = _describe(EndingNote.Kind.CREDENTIAL, credential, credential.ends_at)
    return _note(note, "credential.ending", target, details)


def note_consent_ending(principal: ServicePrincipal, ends_at: datetime) -> bool:
    """What a tenant lets an application do ends soon, all that ends then; told in that tenant, once."""
    grants = Grant.objects.of_tenant(principal.tenant_id).filter(
        service_principal_id=principal.id, ends_at=ends_at
    )
    target = Target("service_principal", str(principal.id), principal.display_name)
    details = {
        "client_id": principal.client_id,
        "permissions": sorted(set(grants.values_list("value", flat=True))),
        "ends_at": ends_at,
    }
    note = _describe(EndingNote.Kind.CONSENT, principal, ends_at)
    return _note(note, "consent.ending", target, details)


def _describe(kind: EndingNote.Kind, row: Credential | ServicePrincipal, ends_at: datetime) -> EndingNote:
    return EndingNote(
        tenant_id=row.tenant_id, kind=kind, subject_id=row.id, ends_at=ends_at, noted_at=clock.now()
    )


def _note(note: EndingNote, tag: str, target: Target, details: dict[str, object]) -> bool:
    try:
        with transaction.atomic():
            note.save(force_insert=True)
            append(note.tenant_id, SYSTEM, tag, target, details=details)
    except IntegrityError:
        # Another worker was quicker.
        return False
    return True
