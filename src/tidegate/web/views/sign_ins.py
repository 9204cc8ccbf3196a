"""The sign-in log: who and which application got a token here, and why somebody did not."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.oauth.actions.sign_in_export import export_sign_ins
from tidegate.oauth.sign_in_log import page_sign_ins
from tidegate.web.exports import stream_csv
from tidegate.web.forms.sign_ins import SignInFilterForm
from tidegate.web.sign_ins import CSV_HEAD, as_csv_row, describe_row
from tidegate.web.views.many_records import SIGN_INS, export_sign_ins_of
from tidegate.web.visit import Visit, in_tenant, say


@require_safe
@in_tenant("sign_ins", Permission.AUDIT_READ, many=SIGN_INS)
def list_all(visit: Visit) -> HttpResponseBase:
    """Newest first; what the address asks for and we cannot read shows nothing and says why."""
    visit.require(Permission.AUDIT_READ)
    visit.note_view("sign_ins.viewed")
    form, params = SignInFilterForm(visit.request.GET), _params(visit)
    try:
        page = page_sign_ins(visit.scope, form.read_filter(), visit.request.GET.get("cursor", ""))
    except InvalidInput as error:
        return visit.render("web/sign_ins/list.html", {"form": form, "problem": say(error)}, status=400)
    context = {
        "form": form,
        "rows": [describe_row(one) for one in page.rows],
        "newer_url": _page_url(visit, params, page.previous_cursor),
        "older_url": _page_url(visit, params, page.next_cursor),
        "is_filtered": bool(params),
        "export_url": visit.link("sign_ins_export", **params),
        "may_open_users": visit.scope.allows(Permission.USER_READ),
    }
    return visit.render("web/sign_ins/list.html", context)


@require_http_methods(["POST"])
@in_tenant("sign_ins", Permission.AUDIT_READ, many=export_sign_ins_of)
def export(visit: Visit) -> HttpResponseBase:
    """All that the filter leaves, as a file that is sent while it is read."""
    rows = export_sign_ins(visit.scope, SignInFilterForm(visit.request.GET).read_filter())
    lines = (as_csv_row(one) for one in rows)
    return stream_csv(visit.scope, f"sign-ins-{visit.tid}.csv", CSV_HEAD, lines)


def _params(visit: Visit) -> dict[str, str]:
    """The filter as it stands in the address, for links that keep it."""
    asked = visit.request.GET
    return {name: asked[name] for name in SignInFilterForm.base_fields if asked.get(name)}


def _page_url(visit: Visit, params: dict[str, str], cursor: str) -> str:
    return visit.link("sign_ins", **params, cursor=cursor) if cursor else ""
