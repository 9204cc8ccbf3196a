"""Whose all of this is: the members of the tenant that keeps it, and nobody who is a guest there."""

import uuid
from datetime import datetime

from django.db.models import QuerySet

from tidegate.authorization.scope import ActorKind, Relation, Scope
from tidegate.core.errors import NotFound
from tidegate.directory.models import User


def require_member(scope: Scope) -> None:
    """Raise NotFound unless the actor is a member of the scope's tenant, or the product's own.

    To guests, and to programs that act for themselves, there is nothing here at all.
    """
    if scope.actor.kind == ActorKind.SYSTEM or scope.entry.relation == Relation.MEMBER:
        return
    raise NotFound("There is no such page.")


def members_in_force(account_id: uuid.UUID, home_tenant_id: uuid.UUID, at: datetime) -> QuerySet[User]:
    """The account's own user object in its home tenant, if it is a member who may enter at an instant."""
    users = User.objects.of_tenant(home_tenant_id).entering(at)
    return users.filter(account_id=account_id, user_type=User.UserType.MEMBER)
