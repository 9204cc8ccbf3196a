"""Prepared questions answer as the ORM does, for every value."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from tests.cast import NOW, Cast, days
from tidegate.core.prepared import INSTANT, TEXT, UUID, Prepared
from tidegate.directory.models import User
from tidegate.directory.models.dated import in_force


def _users(tenant_id: uuid.UUID, at: object, mail: str) -> QuerySet[User, Any]:
    rows = User.objects.across_tenants().entering(at).filter(tenant_id=tenant_id)  # type: ignore[arg-type]
    return rows.exclude(mail=mail).order_by("mail").values_list("id", "mail", "created_at", "ends_at")


QUESTION = Prepared(_users, tenant_id=UUID, at=INSTANT, mail=TEXT)


@pytest.mark.parametrize("tenant", ["customer", "provider", "other"])
@pytest.mark.parametrize("at", [NOW, NOW + days(200), NOW - timedelta(days=3650)])
def test_prepared_question_answers_as_the_orm_does(cast: Cast, tenant: str, at: Any) -> None:
    values = {"tenant_id": getattr(cast, tenant).id, "at": at, "mail": "admin@customer.example"}

    assert [tuple(row) for row in QUESTION.rows(**values)] == list(_users(**values))
    first = QUESTION.first(**values)
    assert (tuple(first) if first else None) == _users(**values).first()


def test_question_that_ignores_a_value_is_a_fault(db: None) -> None:
    def forgetful(tenant_id: uuid.UUID, at: object) -> QuerySet[User, Any]:
        return User.objects.across_tenants().filter(in_force(at)).values_list("id")  # type: ignore[arg-type]

    with pytest.raises(AssertionError):
        Prepared(forgetful, tenant_id=UUID, at=INSTANT).rows(tenant_id=uuid.uuid4(), at=NOW)
