"""Invitations: an offer to be a guest (or a new member) of a tenant, and its redemption."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from django.db import transaction

from tidegate.accounts.models import Account
from tidegate.audit.actions import Details, append, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, Entry, Relation, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.core.text import clean_line
from tidegate.directory.actions.users import LONGEST_REASON, user_target
from tidegate.directory.lifetimes import check_lifetime, longest_access
from tidegate.directory.models import Domain, Invitation, Tenant, User
from tidegate.directory.names import clean_domain, clean_email, guest_principal_name
from tidegate.directory.policy import lock_directory
from tidegate.directory.queries import default_domain, get_user

INVITATION_LIFETIME: Final = timedelta(days=30)
LONGEST_PRINCIPAL_NAME: Final = 320
_NOTHING_MORE: Final[Details] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Offer:
    """A new invitation with the token of its link, which is known only now."""

    invitation: Invitation
    user: User
    token: str = field(repr=False)


def invite_guest(
    scope: Scope,
    *,
    email: str,
    display_name: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    endless_reason: str = "",
) -> Offer:
    """Make a guest who waits for acceptance, and the offer to them.

    The address may belong to a person of another tenant of this portal or to nobody yet; the
    answer does not tell which. There is no end only where `endless_reason` says why in words, which are
    kept; else access that was given no end lasts as long as the operator allows.
    Raises Forbidden, InvalidInput, Conflict when already a user.
    """
    require(scope, Permission.USER_INVITE)
    address = clean_email(email)
    name = clean_line(display_name, "display_name", longest=256, required=False)
    begin = starts_at or clock.now()
    if ends_at is not None and ends_at <= max(begin, clock.now()):
        raise InvalidInput(fields={"ends_at": "must lie in the future, after the start"})
    check_lifetime(ends_at)
    words = clean_line(endless_reason, "endless_reason", longest=LONGEST_REASON, required=False)
    if ends_at is None and not words:
        ends_at = begin + longest_access()
    with transaction.atomic():
        lock_directory(scope)
        principal_name = guest_principal_name(address, default_domain(scope.tenant_id))
        user = _create_pending(scope, address, name, User.UserType.GUEST, principal_name)
        user.starts_at, user.ends_at = begin, ends_at
        user.save(update_fields=["starts_at", "ends_at"])
        return _offer(scope, user, "user.invited", {} if ends_at else {"endless_reason": words})


def invite_member(scope: Scope, *, email: str, display_name: str) -> Offer:
    """Make a member with an address under one of the tenant's verified domains, and the offer to them.

    Raises Forbidden, InvalidInput for an address elsewhere, Conflict when already a user.
    """
    require(scope, Permission.USER_INVITE)
    address = clean_email(email)
    name = clean_line(display_name, "display_name", longest=256)
    with transaction.atomic():
        lock_directory(scope)
        named = clean_domain(address.rpartition("@")[2], "email")
        own = Domain.objects.filter(tenant_id=scope.tenant_id, name=named, verified_at__isnull=False)
        if not own.exists():
            raise InvalidInput(fields={"email": "must be under a verified domain of this tenant"})
        user = _create_pending(scope, address, name, User.UserType.MEMBER, address)
        return _offer(scope, user, "user.created")


def renew_invitation(scope: Scope, user_id: uuid.UUID) -> Offer:
    """A new link for somebody who has not accepted; earlier links end.

    Raises Forbidden, NotFound, Conflict.
    """
    require(scope, Permission.USER_INVITE)
    with transaction.atomic():
        lock_directory(scope)
        user = get_user(scope, user_id)
        if user.external_user_state != User.ExternalUserState.PENDING_ACCEPTANCE:
            raise Conflict("This user has accepted already.")
        open_offers = Invitation.objects.in_scope(scope).filter(
            user_id=user.id, redeemed_at__isnull=True, revoked_at__isnull=True
        )
        open_offers.update(revoked_at=clock.now())
        return _offer(scope, user, "invitation.renewed")


def find_invitation(token: str) -> Invitation:
    """The open invitation of a link. Raises NotFound alike for unknown, used, revoked and overdue."""
    found = (
        Invitation.objects.across_tenants()
        .filter(
            token_hash=_hash_token(token),
            redeemed_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=clock.now(),
        )
        .select_related("tenant", "user")
        .first()
    )
    if found is None:
        raise NotFound("This invitation is not open: it was used, withdrawn, or its time has passed.")
    return found


def redeem_invitation(actor: Actor, account: Account, token: str) -> User:
    """The invited person accepts: from now the user belongs to their account.

    Only the account with the invited address can. Raises NotFound for a link that is not open,
    Conflict for another account or one that is in the tenant already.
    """
    with transaction.atomic():
        invitation = find_invitation(token)
        # The tenant's row is the lock: two tabs that accept at once become one guest.
        Tenant.objects.select_for_update(no_key=True).get(id=invitation.tenant_id)
        invitation = find_invitation(token)
        # Locked, so that two invitations accepted at once cannot give one person two homes.
        account = Account.objects.select_for_update().get(id=account.id)
        user = invitation.user
        if invitation.invited_email != account.email:
            raise Conflict("This invitation was made out to another address.")
        _check_not_inside(user, account)
        _accept(user, account)
        Invitation.rows.filter(pk=invitation.pk).update(redeemed_at=clock.now())
        entry = Entry(
            user.tenant_id, user.tenant.display_name, user.id, Relation(user.user_type), frozenset()
        )
        append(user.tenant_id, actor, "invitation.redeemed", user_target(user), entry=entry)
    return user


def _create_pending(scope: Scope, email: str, name: str, user_type: str, principal_name: str) -> User:
    same = User.objects.in_scope(scope).filter(removed_at__isnull=True)
    if len(principal_name) > LONGEST_PRINCIPAL_NAME:
        raise InvalidInput(fields={"email": "is too long to make a user name in this tenant of it"})
    if same.filter(mail=email).exists() or same.filter(user_principal_name__iexact=principal_name).exists():
        raise Conflict("There is a user with this address in the tenant already.")
    now = clock.now()
    return User.rows.create(
        tenant_id=scope.tenant_id,
        user_type=user_type,
        user_principal_name=principal_name,
        display_name=name or email,
        mail=email,
        external_user_state=User.ExternalUserState.PENDING_ACCEPTANCE,
        created_at=now,
        starts_at=now,
    )


def _offer(scope: Scope, user: User, tag: str, details: Details = _NOTHING_MORE) -> Offer:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    invitation = Invitation.rows.create(
        tenant_id=scope.tenant_id,
        user=user,
        invited_email=user.mail,
        token_hash=_hash_token(token),
        created_at=now,
        expires_at=now + INVITATION_LIFETIME,
    )
    told = {"email": user.mail, "ends_at": user.ends_at, **details}
    record(scope, tag, user_target(user), details=told)
    return Offer(invitation, user, token)


def _accept(user: User, account: Account) -> None:
    user.account = account
    user.external_user_state = User.ExternalUserState.ACCEPTED
    if user.display_name == user.mail:
        user.display_name = account.get_full_name()
    user.save(update_fields=["account", "external_user_state", "display_name"])
    if not user.is_guest:
        Account.objects.filter(id=account.id).update(home_tenant_id=user.tenant_id)


def _check_not_inside(user: User, account: Account) -> None:
    present = User.objects.of_tenant(user.tenant_id).filter(removed_at__isnull=True)
    if present.filter(account=account).exists():
        raise Conflict("You are a user of this tenant already.")
    if not user.is_guest and account.home_tenant_id not in {None, user.tenant_id}:
        raise Conflict("Your home is another tenant; ask to be invited as a guest instead.")


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
