"""Prepared writes leave what the ORM's would have left."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from tests.cast import NOW, Cast, days
from tidegate.audit.models import AuditEvent, ChainHead
from tidegate.core.errors import ScopeMissing
from tidegate.core.prepared import INSTANT, NUMBER, TEXT, UUID
from tidegate.core.prepared_writes import Changes, PreparedInsert, PreparedUpdate
from tidegate.directory.models import User


def _seen(tenant_id: uuid.UUID, user_id: uuid.UUID, at: datetime) -> tuple[QuerySet[User], Changes]:
    return User.objects.of_tenant(tenant_id).filter(id=user_id), {"last_entered_at": at}


SEEN = PreparedUpdate(_seen, tenant_id=UUID, user_id=UUID, at=INSTANT)


def test_update_writes_to_its_rows_and_to_no_others(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    member, at = cast.user("member"), NOW + days(1)

    with django_assert_num_queries(1):
        written = SEEN.run(tenant_id=cast.customer.id, user_id=member.id, at=at)

    assert written == 1
    assert list(User.rows.filter(last_entered_at=at)) == [member]


def test_update_of_another_tenants_row_writes_nothing(cast: Cast) -> None:
    written = SEEN.run(tenant_id=cast.other.id, user_id=cast.user("member").id, at=NOW)

    assert written == 0
    assert not User.rows.filter(last_entered_at=NOW).exists()


def test_update_counts_its_rows_where_nobody_watches(cast: Cast) -> None:
    values: dict[str, Any] = {"tenant_id": cast.customer.id, "at": NOW}

    assert SEEN.run(**values, user_id=cast.user("member").id) == 1
    assert SEEN.run(**values, user_id=uuid.uuid4()) == 0


def test_update_without_a_scope_is_refused(db: None) -> None:
    update = PreparedUpdate(lambda at: (User.objects.all(), {"last_entered_at": at}), at=INSTANT)

    with pytest.raises(ScopeMissing):
        update.run(at=NOW)


def test_update_that_ignores_a_value_is_a_fault(db: None) -> None:
    def forgetful(tenant_id: uuid.UUID, at: datetime) -> tuple[QuerySet[User], Changes]:
        return User.objects.across_tenants(), {"last_entered_at": at}

    with pytest.raises(AssertionError):
        PreparedUpdate(forgetful, tenant_id=UUID, at=INSTANT).run(tenant_id=uuid.uuid4(), at=NOW)


def test_inserted_row_is_that_of_the_orm(db: None) -> None:
    tenant_id = uuid.uuid4()
    given: dict[str, Any] = {
        "tenant_id": tenant_id,
        "at": NOW,
        "actor_kind": "person",
        "actor_account_id": None,
        "actor_name": "Å 100 %s 'quoted'",
        "tag": "t",
        "result": "success",
        "details": '{"a": 1}',
        "previous_hash": "p",
        "hash": "h",
        "seal": "s",
    }
    one, other = AuditEvent(**given, sequence=1), AuditEvent(**given, sequence=2)

    PreparedInsert(AuditEvent).run(one)
    other.save(force_insert=True)

    kept = AuditEvent.objects.of_tenant(tenant_id).order_by("sequence").values()
    first, second = ({**row, "sequence": 0, "id": None} for row in kept)
    assert first == second
    assert [row["id"] for row in kept] == [one.id, other.id]
    assert one._state.adding is other._state.adding is False


def test_row_whose_key_is_there_stays_where_that_is_asked(db: None) -> None:
    tenant_id = uuid.uuid4()
    insert = PreparedInsert(ChainHead, skips_known=True)

    insert.run(ChainHead(tenant_id=tenant_id, sequence=1, hash="first"))
    insert.run(ChainHead(tenant_id=tenant_id, sequence=2, hash="second"))

    assert ChainHead.objects.get(tenant_id=tenant_id).hash == "first"


@pytest.mark.parametrize("sequence", [1, 40_000, 2**40])
def test_numbers_of_any_size_are_written(db: None, sequence: int) -> None:
    tenant_id = uuid.uuid4()
    ChainHead.objects.create(tenant_id=tenant_id, hash="h")

    def build(tenant_id: uuid.UUID, sequence: int, seal: str) -> tuple[QuerySet[ChainHead], Changes]:
        return ChainHead.objects.filter(tenant_id=tenant_id), {"sequence": sequence, "seal": seal}

    update = PreparedUpdate(build, tenant_id=UUID, sequence=NUMBER, seal=TEXT)

    assert update.run(tenant_id=tenant_id, sequence=sequence, seal="s") == 1
    assert ChainHead.objects.get(tenant_id=tenant_id).sequence == sequence
