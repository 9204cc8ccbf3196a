"""The demo's mailbox: mails that went to nobody, for there is no mail server. Nowhere else is there one."""

from django.conf import settings
from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from tidegate.core.errors import NotFound
from tidegate.notifications.mailbox import KeptMail, get_mail, has_mailbox, list_mails
from tidegate.web.sandboxed import let_frame, show_sandboxed
from tidegate.web.visit import Visit, in_tenant


@require_safe
@in_tenant("mailbox")
def list_all(visit: Visit) -> HttpResponseBase:
    """The newest mails of everybody; the people of the demo are made up."""
    _require_demo()
    return visit.render("web/mailbox/list.html", {"mails": list_mails(visit.scope.actor)})


@require_safe
@in_tenant("mailbox")
def show(visit: Visit, name: str) -> HttpResponseBase:
    """One mail: its heads, its HTML in a frame, its text."""
    return let_frame(visit.render("web/mailbox/show.html", {"mail": _get(visit, name)}))


@require_safe
@in_tenant("mailbox")
def show_html(visit: Visit, name: str) -> HttpResponseBase:
    """The HTML of one mail, in a sandbox."""
    return show_sandboxed(_get(visit, name).html)


def is_there() -> bool:
    """Whether this portal has a mailbox."""
    return bool(settings.IS_DEMO) and has_mailbox()


def _get(visit: Visit, name: str) -> KeptMail:
    _require_demo()
    return get_mail(visit.scope.actor, name)


def _require_demo() -> None:
    if not is_there():
        raise NotFound("There is no mailbox.")
