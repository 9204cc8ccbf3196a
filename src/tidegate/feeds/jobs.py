"""Watching over feeds: who falls behind, and what is about to end that they need."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from tidegate.core import clock
from tidegate.directory.models import Credential, Grant, ServicePrincipal
from tidegate.feeds.actions.warnings import (
    note_caught_up,
    note_consent_ending,
    note_credential_ending,
    note_fell_behind,
)
from tidegate.feeds.backlog import behind_since, let_in, with_waiting_since
from tidegate.feeds.models import Allowance, Consumer, EndingNote

ENDS_SOON: Final = timedelta(days=30)
_AT_ONCE: Final = 200


def watch_consumers() -> bool:
    """Tell of up to 200 consumers that they fell behind, and of as many that they caught up.

    Those whose application is not let in any more are left alone: nobody expects them.
    """
    limit = behind_since(clock.now())
    consumers = with_waiting_since(let_in(Consumer.objects.across_tenants())).order_by("tenant_id", "id")
    fell = consumers.filter(behind_since__isnull=True, waiting_since__lt=limit)
    caught = consumers.filter(Q(waiting_since__isnull=True) | Q(waiting_since__gte=limit))
    told = [note_fell_behind(one, one.waiting_since) for one in fell[:_AT_ONCE]]
    told += [note_caught_up(one) for one in caught.filter(behind_since__isnull=False)[:_AT_ONCE]]
    return any(told)


def warn_of_endings() -> bool:
    """Tell of up to 200 credentials, and as many consents, that they end within 30 days."""
    credentials = _ending(Credential.objects.across_tenants(), EndingNote.Kind.CREDENTIAL, "id").filter(
        removed_at__isnull=True, application__removed_at__isnull=True
    )
    told = [note_credential_ending(one) for one in credentials.select_related("application")[:_AT_ONCE]]
    told += [note_consent_ending(*one) for one in _ending_consents()]
    return any(told)


def sweep_allowances() -> bool:
    """Forget the counts of hours that are long over; whether there were any."""
    old = Allowance.objects.across_tenants().filter(hour_at__lt=clock.now() - timedelta(days=1))
    return bool(old.delete()[0])


def _ending_consents() -> list[tuple[ServicePrincipal, datetime]]:
    """Applications, each with an instant at which something that they may do ends."""
    grants = _ending(Grant.objects.across_tenants(), EndingNote.Kind.CONSENT, "service_principal_id")
    found = grants.filter(service_principal__removed_at__isnull=True).select_related("service_principal")
    several = {
        (one.tenant_id, one.service_principal_id, one.ends_at): (one.service_principal, one.ends_at)
        for one in found[:_AT_ONCE]
        if one.ends_at
    }
    return list(several.values())


def _ending[M: (Credential, Grant)](rows: QuerySet[M], kind: EndingNote.Kind, subject: str) -> QuerySet[M]:
    now = clock.now()
    noted = EndingNote.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"), kind=kind, subject_id=OuterRef(subject), ends_at=OuterRef("ends_at")
    )
    soon = rows.filter(~Exists(noted), ends_at__gt=now, ends_at__lte=now + ENDS_SOON)
    return soon.order_by("tenant_id", "id")
