"""A person with an account becomes a member of a tenant at once, without an invitation to accept."""

from django.db import transaction

from tidegate.accounts.models import Account
from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ActorKind, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput
from tidegate.directory.actions.users import user_target
from tidegate.directory.models import Domain, User
from tidegate.directory.policy import lock_directory


def admit_member(scope: Scope, account: Account) -> User:
    """Make a member of somebody whose address is under a verified domain of the tenant.

    For the operator alone, who answers for it that they agree: anybody else invites them. Raises
    Forbidden, InvalidInput for an address elsewhere, Conflict when they are a user of the tenant or
    their home is another.
    """
    require(scope, Permission.USER_INVITE)
    if scope.actor.kind != ActorKind.SYSTEM:
        raise Forbidden("People are invited, and accept.")
    with transaction.atomic():
        lock_directory(scope)
        # Locked, so that two tenants at once cannot become the home of one person.
        account = Account.objects.select_for_update().get(id=account.id)
        _check(scope, account)
        account.home_tenant_id = scope.tenant_id
        account.save(update_fields=["home_tenant_id"])
        now = clock.now()
        user = User.rows.create(
            tenant_id=scope.tenant_id,
            account=account,
            user_type=User.UserType.MEMBER,
            user_principal_name=account.email,
            display_name=account.get_full_name(),
            mail=account.email,
            created_at=now,
            starts_at=now,
        )
        record(scope, "user.created", user_target(user), details={"email": user.mail, "ends_at": None})
    return user


def _check(scope: Scope, account: Account) -> None:
    own = Domain.objects.filter(tenant_id=scope.tenant_id, verified_at__isnull=False)
    if not own.filter(name=account.email.rpartition("@")[2]).exists():
        raise InvalidInput(fields={"email": "must be under a verified domain of this tenant"})
    if account.home_tenant_id not in {None, scope.tenant_id}:
        raise Conflict("Their home is another tenant.")
    present = User.objects.in_scope(scope).present()
    if present.filter(account=account).exists() or present.filter(mail=account.email).exists():
        raise Conflict("There is a user with this address in the tenant already.")
