"""What a surface tells after an answer: what was delivered, or that it was not."""

import uuid
from datetime import UTC, datetime

from django.db.models import F

from tidegate.audit.actions import clean_text
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.light import light_transaction
from tidegate.feeds.models import Consumer, DeliveryDay, Gap
from tidegate.feeds.sources import SOURCES
from tidegate.feeds.words import Feed


def note_delivery(  # noqa: PLR0913  one for each thing that an answer is known by
    scope: Scope,
    *,
    client_id: uuid.UUID,
    feed: Feed,
    since: datetime | None,
    until: datetime | None,
    newest: datetime | None,
    count: int,
    goes_on: bool = False,
) -> None:
    """An answer of `count` things was sent whole. To be called after its last byte was handed over.

    It held everything of the feed that was asked for from `since` (None: from the beginning) up to `until`;
    None where it reached no end: a page that is not the last, a look at one thing. `newest` is the time of
    the newest thing in it. `goes_on`: it is the last page of what began with an earlier answer, and covers
    no more than the newest thing that was delivered. Times are the feed's own: when detections were
    processed, when alerts and incidents were updated last.
    """
    now = clock.now()
    with light_transaction():
        consumer = _lock_consumer(scope.tenant_id, client_id, feed)
        consumer.first_fetched_at = consumer.first_fetched_at or now
        consumer.last_fetched_at, consumer.last_count = now, count
        consumer.failures = 0
        if newest is not None:
            consumer.newest_at = max(newest, consumer.newest_at or newest)
        if until is not None:
            _end_replay(consumer, since, until)
            if goes_on:
                # What changed while pages were fetched is not in those that were fetched before.
                until = min(until, consumer.newest_at or until)
            _cover(scope, consumer, since, until)
        consumer.save()
        _count_day(consumer, now, fetches=1, items=count)


def note_failure(scope: Scope, *, client_id: uuid.UUID, feed: Feed, error: str) -> None:
    """An answer could not be given, or broke off: the error's code, or what a person may read of it."""
    now = clock.now()
    with light_transaction():
        consumer = _lock_consumer(scope.tenant_id, client_id, feed)
        consumer.last_failed_at, consumer.last_error = now, clean_text(error, 256)
        consumer.failures += 1
        consumer.save()
        _count_day(consumer, now, failures=1)


def _cover(scope: Scope, consumer: Consumer, since: datetime | None, until: datetime) -> None:
    """Move the consumer's place to `until`, and see what it passed over and what it caught up with."""
    reached = consumer.covered_until
    if reached is not None and since is not None and since > reached:
        missed = _count_missed(scope, Feed(consumer.feed), reached, since)
        if missed:
            Gap.rows.create(
                tenant_id=consumer.tenant_id,
                consumer=consumer,
                since=reached,
                until=since,
                items=missed,
                noticed_at=clock.now(),
            )
    consumer.covered_until = max(until, reached or until)
    _close_gaps(consumer, since, until)


def _end_replay(consumer: Consumer, since: datetime | None, until: datetime) -> None:
    """Who was sent back has fetched from there what they had before: from now on they go on as they like."""
    begun = consumer.replay_from and (since is None or since <= consumer.replay_from)
    if begun and until >= (consumer.covered_until or until):
        consumer.replay_from = None


def _count_missed(scope: Scope, feed: Feed, after: datetime, before: datetime) -> int:
    """How many things have their time between these two, neither of which is one of them."""
    source = SOURCES[feed]
    between = {f"{source.column}__gt": after, f"{source.column}__lt": before}
    return source.rows().in_scope(scope).filter(**between).count()


def _close_gaps(consumer: Consumer, since: datetime | None, until: datetime) -> None:
    gaps = Gap.objects.of_tenant(consumer.tenant_id).filter(consumer_id=consumer.id, closed_at__isnull=True)
    covered = gaps.filter(until__lte=until)
    if since is not None:
        covered = covered.filter(since__gte=since)
    covered.update(closed_at=clock.now())


def _lock_consumer(tenant_id: uuid.UUID, client_id: uuid.UUID, feed: Feed) -> Consumer:
    rows = Consumer.objects.of_tenant(tenant_id).select_for_update(of=("self",))
    found = rows.filter(client_id=client_id, feed=feed).first()
    if found is None:
        new = Consumer(tenant_id=tenant_id, client_id=client_id, feed=feed)
        Consumer.objects.bulk_create([new], ignore_conflicts=True)
        found = rows.get(client_id=client_id, feed=feed)
    return found


def _count_day(
    consumer: Consumer, now: datetime, *, fetches: int = 0, items: int = 0, failures: int = 0
) -> None:
    day = now.astimezone(UTC).date()
    rows = DeliveryDay.objects.of_tenant(consumer.tenant_id).filter(consumer_id=consumer.id, day=day)
    counted = rows.update(
        fetches=F("fetches") + fetches, items=F("items") + items, failures=F("failures") + failures
    )
    if not counted:
        DeliveryDay.rows.create(
            tenant_id=consumer.tenant_id,
            consumer=consumer,
            day=day,
            fetches=fetches,
            items=items,
            failures=failures,
        )
