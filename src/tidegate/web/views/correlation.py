"""Settings > Correlation: what puts alerts of a tenant into one incident."""

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.incidents.actions.correlation import set_correlation
from tidegate.incidents.correlation.rules import get_rules
from tidegate.web.forms.correlation import CorrelationForm, initial_of
from tidegate.web.forms.submitting import submit
from tidegate.web.visit import Visit, in_tenant


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("correlation", Permission.SECURITY_SETTING_MANAGE)
def show(visit: Visit) -> HttpResponseBase:
    """What holds, as a form."""
    visit.require(Permission.SECURITY_SETTING_MANAGE)
    initial = initial_of(get_rules(visit.scope))
    form = CorrelationForm(visit.request.POST if visit.method == "POST" else None, initial=initial)
    if visit.method == "POST" and submit(form, lambda values: set_correlation(visit.scope, **values)):
        visit.tell(_("Correlation saved. It holds for alerts that come in from now on."))
        return visit.redirect("correlation")
    if visit.method != "POST":
        visit.note_view("correlation.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    return visit.render("web/correlation/show.html", {"form": form}, 400 if form.errors else 200)
