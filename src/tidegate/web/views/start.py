"""Where somebody begins who has an account and no home tenant yet."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tidegate.accounts.actors import actor_of
from tidegate.accounts.models import Account
from tidegate.authorization.permissions import Permission
from tidegate.directory.actions.tenants import create_tenant
from tidegate.directory.models import Tenant
from tidegate.directory.queries import list_enterable, recent_first
from tidegate.gate.opening import open_many
from tidegate.web.forms.start import TrialForm
from tidegate.web.forms.submitting import submit
from tidegate.web.frame import Relation, tenant_badge
from tidegate.web.framing import build_closed_frame
from tidegate.web.links import sign_in_link, tenant_link


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponseBase:
    """The tenants one is a guest in, and, where they are on offer, a trial tenant of one's own."""
    account = request.user
    if not isinstance(account, Account):
        return HttpResponseRedirect(sign_in_link(request.path))
    if account.home_tenant_id is not None:
        return HttpResponseRedirect("/")
    form = TrialForm(request.POST or None) if settings.TRIAL_TENANTS else None
    made: list[Tenant] = []
    if (
        form
        and request.method == "POST"
        and submit(form, lambda values: made.append(_create(request, account, values["display_name"])))
    ):
        return HttpResponseRedirect(tenant_link("overview", str(made[0].id)))
    frame = build_closed_frame(request)
    context = {"frame": frame, "tenants": _list_tenants(request), "form": form}
    status = 400 if form and form.errors else 403 if form is None and request.method == "POST" else 200
    return render(request, "web/start/show.html", context, status=status)


def _create(request: HttpRequest, account: Account, name: str) -> Tenant:
    return create_tenant(actor_of(request), display_name=name, administrator=account)


def _list_tenants(request: HttpRequest) -> list[object]:
    users = recent_first(list_enterable(open_many(actor_of(request), Permission.TENANT_READ)))
    return [
        tenant_badge(
            user.tenant_id,
            user.tenant.display_name,
            Relation(user.user_type),
            tenant_link("overview", str(user.tenant_id)),
        )
        for user in users[:200]
    ]
