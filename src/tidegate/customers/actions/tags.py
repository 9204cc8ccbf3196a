"""Customers are tagged, by those who manage tenant groups, as far as they may enter them."""

import uuid
from typing import Final

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, NotFound
from tidegate.core.scoped import Reach
from tidegate.customers.members import require_member
from tidegate.customers.models import TenantTag
from tidegate.customers.rules import clean_tag, name_key
from tidegate.directory.models import Tenant
from tidegate.directory.policy import lock_directory

TAGS_AT_MOST: Final = 50


def tag_customer(scope: Scope, *, reach: Reach, about_tenant_id: uuid.UUID, tag: str) -> TenantTag:
    """Put a tag on a customer within reach; one that is there already, in any letter case, stays.

    Raises NotFound for who is no member and for a customer out of reach, Forbidden, InvalidInput naming
    `tag`, Conflict when the customer has too many.
    """
    customer = _find_customer(scope, reach, about_tenant_id)
    word = clean_tag(tag)
    with transaction.atomic():
        lock_directory(scope)
        given = TenantTag.objects.in_scope(scope).filter(about_tenant_id=customer.id)
        there = given.filter(tag_key=name_key(word)).first()
        if there is not None:
            return there
        if given.count() >= TAGS_AT_MOST:
            raise Conflict("A customer has at most fifty tags.")
        made = TenantTag.rows.create(
            tenant_id=scope.tenant_id,
            about_tenant=customer,
            tag=word,
            tag_key=name_key(word),
            created_at=clock.now(),
        )
        record(scope, "customer.tagged", _target(customer), details={"tag": word})
    return made


def untag_customer(scope: Scope, *, reach: Reach, about_tenant_id: uuid.UUID, tag: str) -> None:
    """Take a tag from a customer within reach.

    Raises NotFound for who is no member, for a customer out of reach and for a tag that is not there;
    Forbidden, InvalidInput naming `tag`.
    """
    customer = _find_customer(scope, reach, about_tenant_id)
    key = name_key(clean_tag(tag))
    with transaction.atomic():
        lock_directory(scope)
        rows = TenantTag.objects.in_scope(scope).filter(about_tenant_id=customer.id, tag_key=key)
        given = rows.first()
        if given is None:
            raise NotFound("This customer has no such tag.")
        rows.delete()
        record(scope, "customer.untagged", _target(customer), details={"tag": given.tag})


def _find_customer(scope: Scope, reach: Reach, about_tenant_id: uuid.UUID) -> Tenant:
    require_member(scope)
    require(scope, Permission.TENANT_GROUP_MANAGE)
    customer = Tenant.objects.filter(reach.restrict("id"), id=about_tenant_id).first()
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer


def _target(customer: Tenant) -> Target:
    return Target("customer", str(customer.id), customer.display_name)
