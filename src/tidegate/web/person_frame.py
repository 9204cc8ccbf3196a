"""The frame of a page about a tenant that its reader has not entered: home's, under its stripe."""

from dataclasses import replace

from django.http import HttpRequest

from tidegate.authorization.scope import Actor, Scope
from tidegate.core.errors import NotFound
from tidegate.directory.models import Tenant
from tidegate.gate.opening import open as open_gate
from tidegate.web import frame as fr
from tidegate.web.framing import build_closed_frame, build_frame


def build_outside_frame(
    request: HttpRequest, actor: Actor, tenant: Tenant | None, key: str, aside: fr.Label
) -> fr.Frame:
    """Home's frame, or one that is in no tenant; `aside` says on the stripe what the reader does here."""
    home = _open_home(actor)
    frame = build_frame(request, home, key) if home else build_closed_frame(request)
    if tenant is None:
        return frame
    badge = fr.tenant_badge(tenant.id, tenant.display_name)
    stripe = fr.Stripe(
        kind=fr.StripeKind.TENANT, title=tenant.display_name, hue=badge.hue, initials=badge.initials
    )
    return say_aside(replace(frame, tenant=badge, stripe=stripe), aside)


def say_aside(frame: fr.Frame, aside: fr.Label) -> fr.Frame:
    """The same frame with words at the far end of its stripe, where else the end of access stands."""
    note = fr.StripeNote(aside) if aside else None
    return replace(
        frame, stripe=replace(frame.stripe, aside=note, ends_at=None if note else frame.stripe.ends_at)
    )


def _open_home(actor: Actor) -> Scope | None:
    try:
        return open_gate(actor, "")
    except NotFound:
        return None
