"""Reading the ledger: for a tenant's administrators all of it, for a program what is about itself."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.directory.models import Credential, Grant
from tidegate.directory.models.dated import in_force
from tidegate.feeds.backlog import behind_since, with_backlog, with_waiting_since
from tidegate.feeds.models import Consumer, DeliveryDay, Gap
from tidegate.feeds.sources import SOURCES
from tidegate.feeds.words import Feed

DAYS_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a consumer stands now. Times are the feed's own but for what is about fetching.

    `waiting` things, the oldest of `waiting_since`, were not delivered yet; `newest_in_tenant` is the time
    of the newest. `consent_ends_at` and `credential_ends_at` are when the last of what lets it fetch ends,
    the second only in the application's own tenant; None where nothing ends or is known.
    """

    consumer: Consumer
    application: str
    waiting: int
    waiting_since: datetime | None
    newest_in_tenant: datetime | None
    open_gaps: int
    consent_ends_at: datetime | None
    credential_ends_at: datetime | None

    @property
    def feed(self) -> Feed:
        """What it fetches."""
        return Feed(self.consumer.feed)

    @property
    def follows(self) -> bool:
        """Whether it ever fetched up to an end, and so can be behind."""
        return self.consumer.covered_until is not None

    @property
    def lag(self) -> timedelta:
        """How far what it has is older than the newest there is."""
        covered, newest = self.consumer.covered_until, self.newest_in_tenant
        return max(newest - covered, timedelta()) if covered and newest else timedelta()

    @property
    def behind(self) -> timedelta:
        """For how long the oldest thing that it has not got has been there."""
        return clock.now() - self.waiting_since if self.waiting_since else timedelta()

    @property
    def is_behind(self) -> bool:
        """Whether that is longer than the operator allows."""
        return self.waiting_since is not None and self.waiting_since < behind_since(clock.now())


def list_standings(scope: Scope) -> list[Standing]:
    """All consumers of the tenant, by feed and application. Four statements. Raises Forbidden."""
    require(scope, Permission.APPLICATION_READ)
    return stand(scope, Consumer.objects.in_scope(scope))


class Come(StrEnum):
    """Which consumers a list over several tenants shows."""

    FOLLOWING = "following"
    BEHIND = "behind"
    LOOKING = "looking"


def list_consumers(scope: Scope | ManyScope, come: Come) -> QuerySet[Consumer]:
    """Consumers that have come so far, in no order. Raises Forbidden.

    Those that only look have never fetched up to an end, and so have no `covered_until`.
    """
    require(scope, Permission.APPLICATION_READ)
    rows = Consumer.objects.in_scope(scope).filter(covered_until__isnull=come == Come.LOOKING)
    if come != Come.BEHIND:
        return rows
    behind: QuerySet[Consumer] = with_waiting_since(rows).filter(waiting_since__lt=behind_since(clock.now()))
    return behind


def stand_each(scope: Scope | ManyScope, consumers: Sequence[Consumer]) -> list[Standing | None]:
    """Where each of these stands, in their order; None for one that is gone since. Three statements."""
    rows = Consumer.objects.in_scope(scope).filter(id__in=[consumer.id for consumer in consumers])
    found = {one.consumer.id: one for one in stand(scope, rows)}
    return [found.get(consumer.id) for consumer in consumers]


def get_standing(scope: Scope, consumer_id: uuid.UUID) -> Standing:
    """One of them. Raises NotFound, Forbidden."""
    require(scope, Permission.APPLICATION_READ)
    found = stand(scope, Consumer.objects.in_scope(scope).filter(id=consumer_id))
    if not found:
        raise NotFound("There is no such consumer.")
    return found[0]


def list_own_standings(scope: Scope | ManyScope, client_id: uuid.UUID) -> list[Standing]:
    """What an application may see of itself, in one tenant or in every one that lets it in."""
    return stand(scope, Consumer.objects.in_scope(scope).filter(client_id=client_id))


def list_gaps(scope: Scope | ManyScope, consumers: Iterable[Consumer]) -> Mapping[uuid.UUID, list[Gap]]:
    """The open gaps of these consumers, oldest first. One statement."""
    ids = [consumer.id for consumer in consumers]
    gaps = Gap.objects.in_scope(scope).filter(consumer_id__in=ids, closed_at__isnull=True)
    found: dict[uuid.UUID, list[Gap]] = {}
    for gap in gaps.order_by("since", "id"):
        found.setdefault(gap.consumer_id, []).append(gap)
    return found


def list_days(
    scope: Scope | ManyScope, consumers: Iterable[Consumer]
) -> Mapping[uuid.UUID, list[DeliveryDay]]:
    """What these consumers fetched on each of the last 30 days, newest first. One statement."""
    since: date = (clock.now() - timedelta(days=DAYS_SHOWN - 1)).date()
    ids = [consumer.id for consumer in consumers]
    days = DeliveryDay.objects.in_scope(scope).filter(consumer_id__in=ids, day__gte=since)
    found: dict[uuid.UUID, list[DeliveryDay]] = {}
    for day in days.order_by("-day"):
        found.setdefault(day.consumer_id, []).append(day)
    return found


def find_replay(scope: Scope, client_id: uuid.UUID, feed: Feed) -> datetime | None:
    """From when an application's next fetch is to begin, if an administrator sent it back there."""
    rows = Consumer.objects.in_scope(scope).filter(client_id=client_id, feed=feed)
    return rows.values_list("replay_from", flat=True).first()


def stand(scope: Scope | ManyScope, rows: QuerySet[Consumer]) -> list[Standing]:
    """Where these consumers stand, by feed and application. Three statements."""
    consumers = list(with_backlog(rows).order_by("tenant_id", "feed", "application", "client_id"))
    clients = {consumer.client_id for consumer in consumers}
    consents, credentials = _consent_ends(scope, clients), _credential_ends(scope, clients)
    return [
        Standing(
            consumer=consumer,
            application=consumer.application,
            waiting=consumer.waiting,
            waiting_since=consumer.waiting_since,
            newest_in_tenant=consumer.newest_in_tenant,
            open_gaps=consumer.open_gaps,
            consent_ends_at=consents.get(
                (consumer.tenant_id, consumer.client_id, SOURCES[Feed(consumer.feed)].resource)
            ),
            credential_ends_at=credentials.get((consumer.tenant_id, consumer.client_id)),
        )
        for consumer in consumers
    ]


def _consent_ends(
    scope: Scope | ManyScope, clients: Collection[uuid.UUID]
) -> Mapping[tuple[uuid.UUID, uuid.UUID, str], datetime | None]:
    """When the last of the grants of each application for each API ends; None for one without an end."""
    grants = Grant.objects.in_scope(scope).filter(
        in_force(clock.now()), service_principal__client_id__in=clients
    )
    ends: dict[tuple[uuid.UUID, uuid.UUID, str], list[datetime | None]] = {}
    for tenant_id, client_id, resource, ends_at in grants.values_list(
        "tenant_id", "service_principal__client_id", "resource", "ends_at"
    ):
        ends.setdefault((tenant_id, client_id, resource), []).append(ends_at)
    return {key: _latest(found) for key, found in ends.items()}


def _credential_ends(
    scope: Scope | ManyScope, clients: Collection[uuid.UUID]
) -> Mapping[tuple[uuid.UUID, uuid.UUID], datetime | None]:
    """When the last of what each application proves itself with ends."""
    credentials = Credential.objects.in_scope(scope).filter(
        in_force(clock.now()), application__client_id__in=clients, removed_at__isnull=True
    )
    ends: dict[tuple[uuid.UUID, uuid.UUID], list[datetime | None]] = {}
    for tenant_id, client_id, ends_at in credentials.values_list(
        "tenant_id", "application__client_id", "ends_at"
    ):
        ends.setdefault((tenant_id, client_id), []).append(ends_at)
    return {key: _latest(found) for key, found in ends.items()}


def _latest(ends: Collection[datetime | None]) -> datetime | None:
    return None if None in ends else max(end for end in ends if end is not None)
