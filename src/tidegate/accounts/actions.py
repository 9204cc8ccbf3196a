"""What other rooms may do with accounts."""

import uuid

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F

from tidegate.accounts.models import Account, normalize_email
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.text import clean_line


@transaction.atomic
def create_account(email: str, password: str | None, display_name: str, language: str = "") -> Account:
    """Create an account whose address is known to be the person's own.

    Without a password it is entered by passkey, or after a password reset.
    Raises InvalidInput naming the field, and Conflict when the address has an account.
    """
    address = _clean_email(email)
    name = clean_line(display_name, "display_name", longest=256, required=False)
    if find_account(address):
        raise Conflict("This email address has an account already.")
    account = Account.objects.create_user(address, password, display_name=name, language=language)
    EmailAddress.objects.create(user=account, email=address, primary=True, verified=True)
    return account


def find_account(email: str) -> Account | None:
    """The account with this address, if there is one."""
    return Account.objects.filter(email=normalize_email(email)).first()


def set_home_tenant(account: Account, tenant_id: uuid.UUID | None) -> None:
    """Say which tenant the account belongs to; None for none."""
    account.home_tenant_id = tenant_id
    account.save(update_fields=["home_tenant_id"])


@transaction.atomic
def end_sessions(account: Account) -> int:
    """End every session of the account, from its next request on. Returns how many were listed."""
    # The new number ends them all at once, also one that is being opened at this moment.
    Account.objects.filter(pk=account.pk).update(sessions_epoch=F("sessions_epoch") + 1)
    account.refresh_from_db(fields=["sessions_epoch"])
    sessions = list(UserSession.objects.filter(user_id=account.pk))
    for session in sessions:
        session.end()
    return len(sessions)


def _clean_email(email: str) -> str:
    address = normalize_email(email)
    try:
        validate_email(address)
    except ValidationError as error:
        raise InvalidInput(fields={"email": "must be an email address"}) from error
    if len(address) > 254:  # RFC 5321 section 4.5.3.1.3, without its brackets.
        raise InvalidInput(fields={"email": "must be at most 254 characters"})
    return address
