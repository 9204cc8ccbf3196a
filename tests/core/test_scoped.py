"""No question about a tenant's rows is answered without a Scope, however it is put."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Count, Exists, Model, OuterRef, Prefetch, Q, Subquery

from tests.cast import Cast
from tidegate.audit.models import AuditEvent, ChainHead, ReaderPosition
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ActorKind, ManyScope
from tidegate.core.errors import ScopeMissing
from tidegate.core.scoped import ScopedQuerySet
from tidegate.directory.models import Domain, Group, Role, RoleAssignment, Tenant, User
from tidegate.gate.opening import open_many
from tidegate.incidents.models import ChangeClock, Incident
from tidegate.oauth.models import DeviceCode

pytestmark = pytest.mark.django_db

EXCEPTIONS: dict[type[Model], str] = {
    Domain: "the gate finds a tenant by its domain before anybody has a scope",
    ChainHead: "the lock of a chain; holds no more than a number and a hash",
    ReaderPosition: "the lock of a reader of the outbox; holds no more than a number",
    DeviceCode: "of no tenant until its person says of which; found by hashes that nobody can guess",
    ChangeClock: "the lock of what changes in a queue; holds no more than an instant",
}

WAYS: dict[str, Callable[[Any], Any]] = {
    "iterate": list,
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "get": lambda rows: rows.get(id="00000000-0000-7000-8000-000000000000"),
    "first": lambda rows: rows.first(),
    "last": lambda rows: rows.order_by("id").last(),
    "index": lambda rows: rows[0],
    "slice": lambda rows: list(rows[:2]),
    "contains": lambda rows: rows.filter(id__isnull=False).values_list("id").count(),
    "aggregate": lambda rows: rows.aggregate(number=Count("id")),
    "aggregate of a slice": lambda rows: rows.order_by("id")[:2].aggregate(number=Count("id")),
    "values": lambda rows: list(rows.values("id")),
    "values_list": lambda rows: list(rows.values_list("id", flat=True)),
    "iterator": lambda rows: next(rows.iterator(), None),
    "update": lambda rows: rows.update(tenant_id="00000000-0000-7000-8000-000000000000"),
    "filtered update": lambda rows: rows.filter(id__isnull=True).update(id=None),
    "delete": lambda rows: rows.delete(),
    "filtered delete": lambda rows: rows.filter(id__isnull=True).delete(),
    "raw delete": lambda rows: rows._raw_delete("default"),
    "raw": lambda rows: list(rows.raw("SELECT 1")),
    "in_bulk": lambda rows: rows.in_bulk([("00000000-0000-7000-8000-000000000000",) * 2]),
    "explain": lambda rows: rows.explain(),
    "distinct": lambda rows: list(rows.distinct()),
    "union": lambda rows: list(rows.union(rows.all())),
    "part of a union": lambda rows: list(rows.across_tenants().values("id").union(rows.values("id"))),
    "or": lambda rows: list(rows.across_tenants() | rows.filter(id__isnull=False)),
    "or, the other way": lambda rows: list(rows.filter(id__isnull=False) | rows.across_tenants()),
    "and": lambda rows: list(rows.all() & rows.across_tenants()),
    "xor": lambda rows: list(rows.across_tenants() ^ rows.filter(id__isnull=False)),
    "in a list": lambda rows: list(Tenant.objects.filter(id__in=rows.values("tenant_id"))),
    "subquery": lambda rows: list(Tenant.objects.annotate(a=Subquery(rows.values("id")[:1]))),
    "exists subquery": lambda rows: list(
        Tenant.objects.filter(Exists(rows.filter(tenant_id=OuterRef("id"))))
    ),
    "lock": lambda rows: list(rows.select_for_update()),
    "get_or_create": lambda rows: rows.get_or_create(id="00000000-0000-7000-8000-000000000000"),
    "update_or_create": lambda rows: rows.update_or_create(id="00000000-0000-7000-8000-000000000000"),
}


def tenant_owned() -> list[type[Model]]:
    """Every model with a tenant, but for the exceptions."""
    found = [
        model
        for model in apps.get_models()
        if any(field.name in {"tenant", "tenant_id"} for field in model._meta.concrete_fields)
    ]
    return [model for model in found if model not in EXCEPTIONS]


def test_the_list_of_models_is_not_empty_by_mistake() -> None:
    assert {model.__name__ for model in tenant_owned()} >= {
        "Alert", "AuditEvent", "Comment", "Device", "Evidence", "Group", "GroupMembership", "Identity",
        "ImportRun", "Incident", "Invitation", "Role", "RoleAssignment", "User",
    }  # fmt: skip


@pytest.mark.parametrize("model", tenant_owned())
def test_every_tenant_owned_model_has_the_scoped_manager_first(model: type[Model]) -> None:
    assert model._default_manager.name == "objects"
    assert isinstance(model._default_manager.all(), ScopedQuerySet)


@pytest.mark.parametrize("model", tenant_owned())
def test_the_tenant_leads_every_key_index_and_constraint(model: type[Model]) -> None:
    first = model._meta.pk_fields[0].attname
    assert first == "tenant_id"
    of_a_person = {
        "user_account_tenant",
        "user_account_home",
        "request_requestor",
        "assignment_account",
        "inbox_item_account",
        "notification_rule_wide",
    }
    of_a_job = {
        "notice_waiting",
        "assignment_attended",
        "assignment_ending",
        "governed_attended",
        "stage_escalating",
        "review_open",
        "rota_fetch",
        "delivery_due",
        "delivery_settled",
        "inbox_item_old",
        "notification_old",
        "bundle_closes",
        "subscription_expiring",
        "change_waiting",
        "sign_in_age",
        "notification_escalates",
        "level_change_oldest",
        "incident_clock_next",
        "service_level_about",
    }
    of_a_rule_over_tenants = {"notification_recent", "notification_bundle"}
    of_an_application = {"principal_client"}
    of_many_tenants = {
        "alert_newest",
        "incident_newest",
        "alert_assigned",
        "incident_assigned",
        "alert_arrived",
        "incident_arrived",
        "indicator_sighted",
        "audit_newest",
        "user_name",
        "incident_clock_due",
    }
    known_to_cross = of_a_person | of_a_job | of_an_application | of_many_tenants | of_a_rule_over_tenants
    for index in [*model._meta.indexes, *model._meta.constraints]:
        fields = getattr(index, "fields", ())
        assert not fields or fields[0] in {"tenant", "tenant_id"} or index.name in known_to_cross, index.name


@pytest.mark.parametrize("model", tenant_owned())
def test_an_unscoped_query_never_runs(model: type[Model]) -> None:
    ran = [name for name, way in WAYS.items() if not is_refused(way, model)]
    assert ran == []


def is_refused(way: Callable[[Any], Any], model: type[Model]) -> bool:
    """Whether this way to run a query of the model asks for a scope, naming the model."""
    try:
        way(model._default_manager.all())
    except ScopeMissing as missing:
        return model.__name__ in str(missing)
    return False


def test_bulk_update_needs_a_scope(cast: Cast) -> None:
    user = cast.user("member")
    user.display_name = "Changed"
    with pytest.raises(ScopeMissing), transaction.atomic():
        User.objects.bulk_update([user], ["display_name"])
    assert cast.user("member").display_name == "Member"


@pytest.mark.parametrize("way", ["update", "delete", "raw delete"])
def test_a_refused_write_wrote_nothing(cast: Cast, way: str) -> None:
    before = list(RoleAssignment.rows.order_by("id").values())
    with pytest.raises(ScopeMissing), transaction.atomic():
        WAYS[way](RoleAssignment.objects.all())
    assert list(RoleAssignment.rows.order_by("id").values()) == before


def test_a_reverse_relation_needs_a_scope(cast: Cast) -> None:
    group = cast.group("Tier 1")
    with pytest.raises(ScopeMissing):
        list(group.memberships.all())
    with pytest.raises(ScopeMissing):
        list(Group.objects.in_scope(cast.enter("admin")).prefetch_related("memberships"))


def test_a_prefetch_with_a_scope_runs(cast: Cast) -> None:
    scope = cast.enter("admin")
    of_group = Prefetch("role_assignments", RoleAssignment.objects.in_scope(scope))
    groups = Group.objects.in_scope(scope).prefetch_related(of_group).order_by("display_name")
    assert [len(group.role_assignments.all()) for group in groups] == [1, 1]


def test_a_scope_keeps_only_its_tenant(cast: Cast) -> None:
    scope = cast.enter("admin")
    for model in (User, Role, Group, AuditEvent):
        kept = set(model.objects.in_scope(scope).values_list("tenant_id", flat=True))
        assert kept == {cast.customer.id}, model


def test_a_wide_filter_does_not_widen_a_scope(cast: Cast) -> None:
    scope = cast.enter("admin")
    wide = User.objects.in_scope(scope).filter(Q(tenant_id=cast.other.id) | Q(display_name="Outsider"))
    assert not wide.exists()


def test_two_scoped_querysets_combine(cast: Cast) -> None:
    mine = User.objects.in_scope(cast.enter("admin"))
    theirs = User.objects.in_scope(cast.enter("outsider", cast.other))
    assert (mine | theirs).count() == mine.count() + theirs.count()


def test_a_many_scope_without_an_account_reaches_nothing(cast: Cast) -> None:
    nobody = Actor(kind=ActorKind.PERSON, display_name="Not signed in")
    for permission in Permission:
        scope = open_many(nobody, permission)
        assert not User.objects.in_scope(scope).exists()
        assert not Incident.objects.in_scope(scope).exists()


def test_a_many_scope_keeps_only_tenants_in_reach(cast: Cast, now: None) -> None:
    scope: ManyScope = open_many(cast.actor("analyst"), Permission.INCIDENT_READ)
    assert set(User.objects.in_scope(scope).values_list("tenant_id", flat=True)) == {cast.customer.id}
