"""Accounts of the people whom a document names."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tidegate.accounts.actions import create_account, find_account
from tidegate.accounts.models import Account
from tidegate.core.errors import InvalidInput
from tidegate.manifest.desk import Made, MadeKind, Run
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.directory import UserForm


def find_or_create_account(run: Run, form: UserForm) -> Account:
    """The account of this address; if there is none, a new one, with the password given or one that is made.

    Raises InvalidInput, also for a password that is too weak.
    """
    account = find_account(form.email)
    if account is not None:
        return account
    name = "" if form.display_name is UNSET else form.display_name
    if form.password is UNSET:
        password = secrets.token_urlsafe(18)
        account = create_account(form.email, password, name)
        run.made.append(Made(MadeKind.PASSWORD, None, account.email, account.email, password))
    else:
        account = create_account(form.email, _check_password(form), name)
    run.changes.append(f"create account {account.email}")
    return account


def _check_password(form: UserForm) -> str:
    password = str(form.password)
    try:
        validate_password(password)
    except ValidationError as error:
        raise InvalidInput(fields={"password": " ".join(error.messages)}) from None
    return password
