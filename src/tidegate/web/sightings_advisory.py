"""One advisory for several tenants: written once, sent to each by itself, with nothing in it of any."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tidegate.core.errors import Forbidden, InvalidInput, NotFound, TidegateError
from tidegate.core.ids import parse_uuid
from tidegate.gate.several import ALL, open_several
from tidegate.incidents.indicators import normalize, readings_of
from tidegate.notifications.actions.advisories import clean_advisory, send_advisory
from tidegate.web import frame as fr
from tidegate.web.links import tenant_link
from tidegate.web.many_visit import ManyVisit
from tidegate.web.search import describe_kind


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it in one tenant: the alert that carries it, or why it was refused."""

    tenant: fr.TenantBadge
    url: str = ""
    reason: str = ""


def propose(indicator: str) -> tuple[str, str]:
    """A title and a text to begin with: the indicator, what it is, and what to do. Nothing of any tenant."""
    plain = normalize(indicator)
    kinds = ", ".join(dict.fromkeys(describe_kind(kind) for kind, _value in readings_of(indicator)))
    title = _("Security advisory: %(indicator)s") % {"indicator": plain[:120]}
    text = _(
        "An alert in your organization names this indicator.\n\n"
        "Indicator: %(indicator)s\nIt may be: %(kinds)s\n\n"
        "Recommended actions:\n"
        "- Look at the alert, and at the devices and users that it names.\n"
        "- Block the indicator where you can.\n"
        "- Look for it in your logs of the last 30 days.\n"
    ) % {"indicator": plain, "kinds": kinds}
    return title, text


def check_advisory(visit: ManyVisit, title: str, text: str) -> tuple[str, str]:
    """Both as they are sent. Raises InvalidInput, also where they name a tenant that the writer enters."""
    title, text = clean_advisory(title, text)
    said = f"{title}\n{text}".casefold()
    users = open_several(visit.actor, ALL).users()
    if visit.actor.home_tenant_id:
        users = users.exclude(tenant_id=visit.actor.home_tenant_id)
    names = users.values_list("tenant__display_name", flat=True)
    if any(name.casefold() in said for name in names.iterator() if name):
        raise InvalidInput(fields={"text": _("must name none of your tenants")})
    return title, text


def read_tenants(sent: Iterable[str], badges: dict[uuid.UUID, fr.TenantBadge]) -> list[fr.TenantBadge]:
    """The chosen ones of the tenants that were offered. Raises InvalidInput where there is none."""
    named = (parse_uuid(text) for text in sent)
    ids = [tenant_id for tenant_id in named if tenant_id is not None and tenant_id in badges]
    if not ids:
        raise InvalidInput(fields={"tenant": _("must be at least one")})
    return [badges[tenant_id] for tenant_id in dict.fromkeys(ids)]


def send_to(
    visit: ManyVisit, tenants: Sequence[fr.TenantBadge], indicator: str, title: str, text: str
) -> list[Outcome]:
    """Send it in each of the tenants, opened by the gate; what is refused in one holds up no other."""
    return [_send(visit, tenant, indicator, title, text) for tenant in tenants]


def _send(visit: ManyVisit, tenant: fr.TenantBadge, indicator: str, title: str, text: str) -> Outcome:
    try:
        scope = visit.open(uuid.UUID(str(tenant.tenant_id)))
        alert = send_advisory(scope, indicator, title=title, text=text)
    except Forbidden:
        return Outcome(tenant, reason=_("Your role in this tenant does not allow it."))
    except NotFound:
        return Outcome(tenant, reason=_("No alert that you see there names this any more."))
    except TidegateError as error:
        return Outcome(tenant, reason=error.message or _("That could not be done."))
    return Outcome(tenant, url=tenant_link("alert", str(tenant.tenant_id), alert.external_id))
