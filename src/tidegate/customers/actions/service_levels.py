"""Service levels are made, changed, deleted, and agreed with customers that the actor may enter."""

import uuid
from collections.abc import Collection, Iterable

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, NotFound
from tidegate.core.scoped import Reach
from tidegate.customers.levels import LevelDraft, clean_draft, get_service_level, write_draft
from tidegate.customers.members import require_member
from tidegate.customers.models import LevelChange, ServiceLevel, ServiceLevelAssignment
from tidegate.customers.queries import get_tenant_group, tenants_in
from tidegate.customers.rules import name_key
from tidegate.directory.models import Tenant
from tidegate.directory.policy import lock_directory

LEVELS_AT_MOST = 50


def create_service_level(scope: Scope, draft: LevelDraft) -> ServiceLevel:
    """Make a service level, which no customer has yet.

    Raises NotFound for who is no member, Forbidden, InvalidInput, Conflict when the name is taken or there
    are too many.
    """
    _require(scope)
    wanted = clean_draft(draft)
    with transaction.atomic():
        lock_directory(scope)
        if ServiceLevel.objects.in_scope(scope).count() >= LEVELS_AT_MOST:
            raise Conflict("There are fifty service levels already; delete one that no customer has.")
        _check_name_free(scope, wanted.name, None)
        now = clock.now()
        level = ServiceLevel.rows.create(
            tenant_id=scope.tenant_id, created_at=now, updated_at=now, **_columns(wanted)
        )
        record(scope, "service_level.created", _target(level), details={"after": write_draft(wanted)})
    return level


def update_service_level(scope: Scope, level_id: uuid.UUID, draft: LevelDraft) -> ServiceLevel:
    """Change what a service level says; every clock runs by it at once. Raises alike, and NotFound."""
    _require(scope)
    wanted = clean_draft(draft)
    with transaction.atomic():
        lock_directory(scope)
        level = get_service_level(scope, level_id)
        _check_name_free(scope, wanted.name, level.id)
        columns = _columns(wanted)
        before = {name: getattr(level, name) for name in columns}
        for name, value in columns.items():
            setattr(level, name, value)
        level.updated_at = clock.now()
        level.save()
        _note_change(scope, _having(scope, level))
        details = {"before": before, "after": columns}
        record(scope, "service_level.updated", _target(level), details=details)
    return level


def delete_service_level(scope: Scope, level_id: uuid.UUID) -> None:
    """Delete a service level; customers that have it have none then. Raises NotFound, Forbidden."""
    _require(scope)
    with transaction.atomic():
        lock_directory(scope)
        level = get_service_level(scope, level_id)
        record(scope, "service_level.deleted", _target(level))
        _note_change(scope, list(_having(scope, level)))
        level.delete()


def assign_service_level(
    scope: Scope, *, reach: Reach, tenant_ids: Collection[uuid.UUID], level_id: uuid.UUID | None
) -> int:
    """Give customers within reach a service level, or none; how many of them that changed.

    Raises NotFound for who is no member, for a level that is not there and if a customer is out of reach;
    Forbidden.
    """
    _require(scope)
    customers = list(Tenant.objects.filter(reach.restrict("id"), id__in=set(tenant_ids)))
    if len(customers) < len(set(tenant_ids)):
        raise NotFound("There is no such customer.")
    return _assign(scope, customers, level_id)


def assign_service_level_to_group(
    scope: Scope, *, reach: Reach, group_id: uuid.UUID, level_id: uuid.UUID | None
) -> int:
    """The same for the customers within reach that a tenant group takes now. Raises alike."""
    _require(scope)
    group = get_tenant_group(scope, group_id)
    customers = list(tenants_in(group).tenants().filter(reach.restrict("id")))
    return _assign(scope, customers, level_id)


def _assign(scope: Scope, customers: list[Tenant], level_id: uuid.UUID | None) -> int:
    with transaction.atomic():
        lock_directory(scope)
        level = get_service_level(scope, level_id) if level_id else None
        given = ServiceLevelAssignment.objects.in_scope(scope).filter(about_tenant__in=customers)
        before = dict(given.values_list("about_tenant_id", "level_id"))
        changed = [one for one in customers if before.get(one.id) != level_id]
        if not changed:
            return 0
        given.filter(about_tenant__in=changed).delete()
        if level is not None:
            ServiceLevelAssignment.objects.bulk_create(
                [
                    ServiceLevelAssignment(
                        tenant_id=scope.tenant_id, about_tenant=one, level=level, assigned_at=clock.now()
                    )
                    for one in changed
                ]
            )
        _note_change(scope, [one.id for one in changed])
        details = {"customers": [{"id": one.id, "before": before.get(one.id)} for one in changed]}
        target = _target(level) if level else Target("service_level", "")
        record(scope, "service_level.assigned", target, details=details)
    return len(changed)


def _having(scope: Scope, level: ServiceLevel) -> Iterable[uuid.UUID]:
    rows = ServiceLevelAssignment.objects.in_scope(scope).filter(level_id=level.id)
    return rows.values_list("about_tenant_id", flat=True)


def _note_change(scope: Scope, about: Iterable[uuid.UUID]) -> None:
    """The clocks of these customers' incidents run otherwise from now on; a job sets them."""
    now = clock.now()
    LevelChange.objects.bulk_create(
        [LevelChange(tenant_id=scope.tenant_id, about_tenant_id=one, changed_at=now) for one in about],
        ignore_conflicts=True,
        batch_size=500,
    )


def _require(scope: Scope) -> None:
    require_member(scope)
    require(scope, Permission.SERVICE_LEVEL_MANAGE)


def _columns(draft: LevelDraft) -> dict[str, object]:
    return {"name": draft.name, "name_key": name_key(draft.name), **write_draft(draft)}


def _check_name_free(scope: Scope, name: str, own_id: uuid.UUID | None) -> None:
    same = ServiceLevel.objects.in_scope(scope).filter(name_key=name_key(name))
    if (same.exclude(id=own_id) if own_id else same).exists():
        raise Conflict("A service level with this name exists already.")


def _target(level: ServiceLevel) -> Target:
    return Target("service_level", str(level.id), level.name)
