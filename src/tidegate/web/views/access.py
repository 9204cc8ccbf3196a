"""Who can see this? Everyone who holds a permission now, by every way they hold it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.http import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.directory.models import User
from tidegate.gate.explaining import Chain, who_can
from tidegate.web.exports import stream_csv
from tidegate.web.visit import Visit, in_tenant
from tidegate.web.why import Explained, describe_chain, keep_needed

_SUBJECT: Final = re.compile(
    r"(incident|alert|device|device_group|user|group|role|event):[^\x00-\x1f]{1,512}"
)
_HEAD: Final = ("Name", "User principal name", "Type", "Chain", "Until")


@dataclass(frozen=True, slots=True)
class Holder:
    """A user with every way in which they hold the permission."""

    user: User
    chains: tuple[Explained, ...]


@require_safe
@in_tenant("", Permission.ACCESS_EXPLAIN)
def show_access(visit: Visit) -> HttpResponseBase:
    """Guests first: the outsiders are what an administrator looks for."""
    permission, subject = _read_permission(visit), _read_subject(visit)
    holders = list(_holders(visit, who_can(visit.scope, permission), permission))
    visit.note_view("access.viewed", Target("permission", permission, subject))
    context = {
        "permission": permission,
        "permissions": list(Permission),
        "subject": subject,
        "holders": holders,
        "guests": sum(holder.user.is_guest for holder in holders),
    }
    return visit.render("web/access/list.html", context, of=subject)


@require_http_methods(["POST"])
@in_tenant("", Permission.ACCESS_EXPLAIN)
def export_access(visit: Visit) -> HttpResponseBase:
    """The same as a table, one line for each way."""
    permission, subject = _read_permission(visit), _read_subject(visit)
    chains = keep_needed(who_can(visit.scope, permission), permission)
    record(visit.scope, "access.exported", Target("permission", permission, subject))
    tenant = visit.scope.entry.tenant_name
    rows = (_row(chain, describe_chain(chain, tenant)) for chain in chains)
    return stream_csv(visit.scope, f"access-{permission}-{visit.tid}.csv", _HEAD, rows)


def _holders(visit: Visit, chains: list[Chain], permission: Permission) -> Iterator[Holder]:
    tenant = visit.scope.entry.tenant_name
    for _user_id, own in groupby(keep_needed(chains, permission), key=lambda chain: chain.user.id):
        ways = list(own)
        yield Holder(ways[0].user, tuple(describe_chain(chain, tenant) for chain in ways))


def _row(chain: Chain, told: Explained) -> tuple[object, ...]:
    user = chain.user
    words = " > ".join(fact.text for fact in told.facts)
    return (user.display_name, user.user_principal_name, user.user_type, words, told.until)


def _read_permission(visit: Visit) -> Permission:
    text = visit.request.GET.get("permission", Permission.INCIDENT_READ)
    try:
        return Permission(text)
    except ValueError:
        raise InvalidInput(fields={"permission": "must be one of the portal's permissions"}) from None


def _read_subject(visit: Visit) -> str:
    text = visit.request.GET.get("of", "")
    if text and not _SUBJECT.fullmatch(text):
        raise InvalidInput(fields={"of": "must be a kind and an id, like incident:123"})
    return text
