"""A condition written once holds of the same rows as the ORM's own, wherever in a query it stands."""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db.models import Exists, OuterRef, Q, QuerySet

from tests.cast import NOW, START, Cast, days
from tidegate.core.conditions import Condition
from tidegate.core.prepared import INSTANT, TEXT
from tidegate.directory.models import EmergencyStop, Tenant, User
from tidegate.directory.models.user import has_left_home, is_stopped

type Users = QuerySet[User]


def _in_the_orms_words(at: datetime) -> Q:
    return Q(user_type=User.UserType.MEMBER) | ~Q(is_stopped()) & ~Q(has_left_home(at))


def _colleagues(at: datetime, mail: str) -> Users:
    """Users with a colleague of that address who was there by then: both subquery and own columns."""
    others = User.objects.across_tenants().filter(
        tenant_id=OuterRef("tenant_id"), mail=mail, starts_at__lte=at
    )
    return User.objects.across_tenants().filter(Exists(others), starts_at__lte=at)


HAS_COLLEAGUE = Condition("colleague", _colleagues, at=INSTANT, mail=TEXT)

PLACES: list[Callable[[Q], Users]] = [
    lambda condition: _everyone().filter(condition),
    lambda condition: _everyone().exclude(condition),
    lambda condition: _everyone().filter(~condition | Q(display_name="Lead"), mail__contains="e"),
    lambda condition: _everyone().filter(tenant_id__in=_everyone().filter(condition).values("tenant_id")),
    lambda condition: _everyone().filter(Exists(_same_account().filter(condition))),
    lambda condition: _everyone().filter(~Exists(_same_account().filter(condition, Exists(_same_account())))),
    lambda condition: _everyone().filter(condition, id__in=_everyone().filter(condition).values("id")),
    lambda condition: _everyone().filter(condition) | _everyone().filter(display_name="Member"),
]


def _everyone() -> Users:
    return User.objects.across_tenants()


def _same_account() -> Users:
    return _everyone().filter(account_id=OuterRef("account_id")).exclude(tenant_id=OuterRef("tenant_id"))


@pytest.mark.parametrize("at", [START - days(1), NOW, NOW + days(200)])
@pytest.mark.parametrize("place", range(len(PLACES)))
def test_who_enters_is_who_the_orm_says(cast: Cast, place: int, at: datetime) -> None:
    _keep_some_out(cast)
    put, admitted = PLACES[place], User.objects.across_tenants().admitted(at)

    for_gate = _names(put(Q(pk__in=User.objects.across_tenants().entering(at).values("pk"))))
    by_orm = _names(put(Q(pk__in=admitted.filter(_in_the_orms_words(at)).values("pk"))))

    assert for_gate == by_orm


@pytest.mark.parametrize("place", range(len(PLACES)))
@pytest.mark.parametrize("name", ["lead", "admin", "nobody"])
def test_condition_holds_wherever_it_is_put(cast: Cast, place: int, name: str) -> None:
    mail = f"{name}@provider.example"
    put, others = PLACES[place], _everyone().filter(mail=mail, starts_at__lte=NOW)
    tenants = list(others.values_list("tenant_id", flat=True))

    found = _names(put(Q(HAS_COLLEAGUE(at=NOW, mail=mail))))

    assert found == _names(put(Q(tenant_id__in=tenants, starts_at__lte=NOW)))


def test_condition_can_be_selected_and_joined_to(cast: Cast) -> None:
    rows = _everyone().select_related("tenant", "account").filter(tenant__display_name="Delta Mills")

    marked = rows.annotate(has=HAS_COLLEAGUE(at=NOW, mail="boss@provider.example")).order_by("-has")

    assert {user.has for user in marked} == {False}
    assert not marked.filter(has=True).exists()
    assert marked.filter(has=False).count() == marked.count()


def test_condition_of_two_values_is_two_conditions(cast: Cast) -> None:
    early, late = (HAS_COLLEAGUE(at=at, mail="lead@provider.example") for at in (START - days(1), NOW))

    assert early != late
    assert late == HAS_COLLEAGUE(at=NOW, mail="lead@provider.example")
    assert len({late, HAS_COLLEAGUE(at=NOW, mail="lead@provider.example")}) == 1
    assert not _everyone().filter(early).exists()
    assert _everyone().filter(late).exists()


def test_condition_that_joins_is_a_fault(db: None) -> None:
    joining = Condition("joined", lambda name: _everyone().filter(tenant__display_name=name), name=TEXT)

    with pytest.raises(AssertionError, match="joins no other table"):
        joining(name="Delta Mills")


def test_condition_that_ignores_a_value_is_a_fault(db: None) -> None:
    forgetful = Condition("lost", lambda at: _everyone().filter(mail="x"), at=INSTANT)  # noqa: ARG005

    with pytest.raises(AssertionError, match="does not use a value"):
        forgetful(at=NOW)


def _names(users: Users) -> list[tuple[str, str]]:
    return sorted(users.values_list("tenant__display_name", "display_name"))


def _keep_some_out(cast: Cast) -> None:
    """One guest is stopped, one has left home, and a third tenant lets nobody in."""
    stop = {"started_at": NOW, "reason": "", "started_by": ""}
    EmergencyStop.rows.create(
        tenant=cast.customer, covers=EmergencyStop.Covers.GUEST, user_id=cast.user("lead").id, **stop
    )
    EmergencyStop.rows.create(tenant=cast.other, covers=EmergencyStop.Covers.ALL, **stop)
    User.rows.filter(pk=cast.user("analyst", cast.provider).pk).update(removed_at=NOW)
    guest = User.rows.get(pk=cast.user("helper").pk)
    guest.tenant, guest.id = Tenant.objects.get(id=cast.other.id), uuid.uuid4()
    guest.save(force_insert=True)
