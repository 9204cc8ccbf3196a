"""The names people and domains have: checked, normalised, and the `#EXT#` form of a guest's."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from tidegate.core.errors import InvalidInput
from tidegate.core.text import clean_line

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def clean_email(text: str, field: str = "email") -> str:
    """An e-mail address in lower case. Raises InvalidInput naming the field."""
    email = clean_line(text, field, longest=254).lower()
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidInput(
            fields={field: "must be an e-mail address like name@organization.example"}
        ) from None
    return email


def clean_domain(text: str, field: str = "domain") -> str:
    """A DNS name of at least two labels, in lower case A-labels (RFC 5890). Raises InvalidInput."""
    name = clean_line(text, field, longest=253).lower().rstrip(".")
    try:
        name = name.encode("idna").decode("ascii")
    except UnicodeError:
        raise InvalidInput(fields={field: "must be a domain name like organization.example"}) from None
    labels = name.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidInput(fields={field: "must be a domain name like organization.example"})
    return name


def guest_principal_name(email: str, tenant_domain: str) -> str:
    """A guest's user principal name, as Entra writes it: `local_home.tld#EXT#@tenant.tld`."""
    return f"{email.replace('@', '_')}#EXT#@{tenant_domain}"
