"""A tenant claims a domain, proves it by DNS, and gives it up."""

import secrets
from collections.abc import Callable

import dns.exception
import dns.resolver
from django.db import IntegrityError, transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.directory.models import Domain, User
from tidegate.directory.names import clean_domain
from tidegate.directory.policy import lock_directory
from tidegate.directory.queries import get_domain, list_domains

type FindTexts = Callable[[str], list[str]]

DOMAINS_AT_MOST = 100


def add_domain(scope: Scope, name: str) -> Domain:
    """Claim a domain; it counts only once verified. Raises Forbidden, InvalidInput, Conflict."""
    require(scope, Permission.DOMAIN_MANAGE)
    clean_name = clean_domain(name)
    with transaction.atomic():
        lock_directory(scope)
        mine = list_domains(scope)
        if mine.filter(name=clean_name).exists():
            raise Conflict("This domain is in the list already.")
        if mine.count() >= DOMAINS_AT_MOST:
            raise Conflict("A tenant can have at most 100 domains.")
        domain = Domain.objects.create(
            tenant_id=scope.tenant_id,
            name=clean_name,
            verification_code=f"tidegate={secrets.token_hex(16)}",
            created_at=clock.now(),
        )
        record(scope, "domain.added", _target(domain))
    return domain


def find_texts(name: str) -> list[str]:
    """The TXT records of a name, asked of the system's resolver; empty when there are none."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=5)
    except dns.exception.DNSException:
        return []
    return [b"".join(item.strings).decode(errors="replace") for item in answer]


def verify_domain(scope: Scope, domain_id: int, *, find: FindTexts = find_texts) -> Domain:
    """Verify a claim by the TXT record that holds its code.

    Raises Forbidden, NotFound, Conflict when the record is not there or the domain was
    verified by another tenant.
    """
    require(scope, Permission.DOMAIN_MANAGE)
    domain = get_domain(scope, domain_id)
    if domain.verified_at:
        return domain
    # Asked before the transaction: an outsider's slow name server must not hold our locks.
    if domain.verification_code not in find(domain.name):
        raise Conflict("The TXT record was not found yet. Name servers can take an hour to tell.")
    return confirm_domain(scope, domain)


def confirm_domain(scope: Scope, domain: Domain) -> Domain:
    """Mark a claim as verified: after its proof, or on the operator's word.

    Raises Forbidden, NotFound for a claim of another tenant, Conflict.
    """
    require(scope, Permission.DOMAIN_MANAGE)
    try:
        with transaction.atomic():
            lock_directory(scope)
            # Read again: while name servers were asked, the claim may have been given up.
            claim = get_domain(scope, domain.id)
            if claim.verified_at is None:
                claim.verified_at = clock.now()
                claim.save(update_fields=["verified_at"])
                record(scope, "domain.verified", _target(claim))
    except IntegrityError:
        raise Conflict("This domain belongs to another tenant.") from None
    return claim


def make_domain_default(scope: Scope, domain_id: int) -> Domain:
    """New user names are made under this domain from now on. Raises Forbidden, NotFound, Conflict."""
    require(scope, Permission.DOMAIN_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        domain = get_domain(scope, domain_id)
        if not domain.verified_at:
            raise Conflict("Only a verified domain can be the default.")
        list_domains(scope).filter(is_default=True).update(is_default=False)
        Domain.objects.filter(id=domain.id).update(is_default=True)
        record(scope, "domain.made_default", _target(domain))
    domain.is_default = True
    return domain


def remove_domain(scope: Scope, domain_id: int) -> None:
    """Give up a domain. Raises Forbidden, NotFound, Conflict while it is the default or in use."""
    require(scope, Permission.DOMAIN_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        domain = get_domain(scope, domain_id)
        if domain.is_default:
            raise Conflict("The default domain cannot be removed. Make another the default first.")
        users = User.objects.in_scope(scope).filter(removed_at__isnull=True)
        if domain.verified_at and users.filter(user_principal_name__iendswith=f"@{domain.name}").exists():
            raise Conflict("This domain is part of users' names and cannot be removed.")
        record(scope, "domain.removed", _target(domain))
        domain.delete()


def _target(domain: Domain) -> Target:
    return Target("domain", str(domain.id), domain.name)
