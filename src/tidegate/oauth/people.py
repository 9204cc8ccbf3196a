"""The person for whom an application acts, looked at anew on each use of what they gave it."""

import uuid

from django.db.models import Exists

from tidegate.accounts.lasting import still_holds
from tidegate.accounts.models import Account
from tidegate.core import clock
from tidegate.directory.models import User
from tidegate.gate.sight import restricted_groups
from tidegate.oauth.errors import StsError


def find_person(tenant_id: uuid.UUID, user_id: uuid.UUID) -> User | None:
    """A user who may enter the tenant now, with tenant and account; as the gate finds them."""
    rows = User.objects.across_tenants().entering(clock.now()).filter(tenant_id=tenant_id, id=user_id)
    found = rows.select_related("tenant", "account").annotate(restricts_devices=Exists(restricted_groups()))
    return found.filter(account__is_active=True).first()


def get_person(tenant_id: uuid.UUID, user_id: uuid.UUID, session_hash: str) -> User:
    """The person of a sign-in that still holds. Raises StsError where they may not enter, or it does not."""
    user = find_person(tenant_id, user_id)
    if user is None:
        raise StsError(50057)
    if not still_holds(account_of(user), session_hash):
        raise StsError(50173)
    return user


def account_of(user: User) -> Account:
    """The account behind a user who may enter."""
    assert user.account is not None  # noqa: S101  who enters has one
    return user.account


def home_identity(user: User) -> dict[str, str]:
    """The person in their home tenant, by which Microsoft's libraries know an account (`client_info`)."""
    home_id = account_of(user).home_tenant_id
    if user.is_guest and home_id:
        own = User.objects.of_tenant(home_id).present().filter(account=user.account).first()
        if own is not None:
            return {"uid": str(own.id), "utid": str(home_id)}
    return {"uid": str(user.id), "utid": str(user.tenant_id)}
