"""The installation's mail server, on a page of the operator's own tenant."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.notifications.actions.mail_server import (
    Check,
    ServerDraft,
    check_mail_server,
    clear_mail_server,
    require_mail_server,
    set_mail_server,
)
from tidegate.notifications.mail_server import find_post
from tidegate.notifications.queries import mail_server_state
from tidegate.web.confirming import ask
from tidegate.web.forms.channels import MailServerForm
from tidegate.web.forms.submitting import submit
from tidegate.web.notification_tabs import is_operating, notification_tabs
from tidegate.web.visit import Visit, in_tenant

_PERMISSION = Permission.PORTAL_SETTING_MANAGE


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("notifications", _PERMISSION)
def show(visit: Visit) -> HttpResponseBase:
    """Which server takes mails and how it fares; another one is checked, then taken."""
    _require(visit)
    form, checked = MailServerForm(visit.request.POST or None, initial=_initial()), list[Check]()
    if visit.request.POST.get("check"):
        submit(form, lambda values: checked.append(check_mail_server(visit.scope, _draft(values))))
    elif visit.method == "POST" and submit(form, lambda values: set_mail_server(visit.scope, _draft(values))):
        visit.tell(_("Mails go through %(host)s from now on.") % {"host": form.cleaned_data["host"]})
        return visit.redirect("mail_server")
    return _render(visit, form, checked)


@require_http_methods(["POST"])
@in_tenant("notifications", _PERMISSION)
def check(visit: Visit) -> HttpResponseBase:
    """Connect to the server that is in use."""
    _require(visit)
    return _render(visit, MailServerForm(initial=_initial()), [check_mail_server(visit.scope)])


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("notifications", _PERMISSION)
def clear(visit: Visit) -> HttpResponseBase:
    """Ask, then leave it to the environment again."""
    _require(visit)
    if visit.method == "POST":
        clear_mail_server(visit.scope)
        visit.tell(_("The environment says again which server takes mails."))
        return visit.redirect("mail_server")
    names = {"tenant": visit.scope.entry.tenant_name, "host": mail_server_state().host}
    return ask(
        visit,
        title=_("Forget %(host)s?") % names,
        sentence=_("Mails no longer go through %(host)s; the settings of the installation decide.") % names,
        button=_("Forget it, as %(tenant)s") % names,
        back_url=visit.link("mail_server"),
    )


def _require(visit: Visit) -> None:
    """In any tenant but the operator's there is no such page."""
    if not is_operating(visit):
        raise NotFound("There is no such page.")
    require_mail_server(visit.scope)


def _initial() -> dict[str, Any]:
    row = mail_server_state()
    return {
        "host": row.host,
        "port": row.port,
        "security": row.security,
        "mail_from": find_post().sender,
        "user_name": row.user_name,
    }


def _draft(values: Mapping[str, Any]) -> ServerDraft:
    password = "" if values["forgets_password"] else values["password"] or None
    names = ("host", "port", "security", "mail_from", "user_name")
    return ServerDraft(password=password, **{name: values[name] for name in names})


def _render(visit: Visit, form: MailServerForm, checked: list[Check]) -> HttpResponse:
    state, post = mail_server_state(), find_post()
    context = {
        "form": form,
        "checked": checked[0] if checked else None,
        "server": post.server,
        "sender": post.sender,
        "state": state,
        "is_resting": bool(state.try_at and state.try_at > clock.now()),
        "tabs": notification_tabs(visit, "mail_server"),
    }
    return visit.render("web/mail_server/show.html", context, 400 if form.errors else 200)
