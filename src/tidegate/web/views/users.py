"""Users and guests: who is in the tenant, for how long, and by what."""

import uuid
from collections.abc import Mapping

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.directory.actions.users import (
    block_user,
    change_end,
    set_manager,
    unblock_user,
    user_target,
)
from tidegate.directory.models import User
from tidegate.directory.people import (
    OFFERED,
    Shown,
    UserFilter,
    count_users,
    find_user,
    page_users,
    standing_of,
)
from tidegate.directory.queries import get_user, list_memberships, list_role_assignments, list_users
from tidegate.directory.stops import why_kept_out
from tidegate.entitlements.actions.leaving import remove_user
from tidegate.gate.explaining import explain_user
from tidegate.web.confirming import ask
from tidegate.web.forms.people import EndForm, GuestEndForm, ManagerForm
from tidegate.web.forms.submitting import submit
from tidegate.web.views.many_directory import USERS
from tidegate.web.visit import Visit, in_tenant
from tidegate.web.why import describe_chain

_SHOWN_WORDS = {
    Shown.ALL: gettext_lazy("All"),
    Shown.MEMBERS: gettext_lazy("Members"),
    Shown.GUESTS: gettext_lazy("Guests"),
    Shown.PENDING: gettext_lazy("Pending"),
    Shown.ENDED: gettext_lazy("Ended"),
}


@require_safe
@in_tenant("users", Permission.USER_READ, many=USERS)
def list_people(visit: Visit) -> HttpResponseBase:
    """Everyone who is, was or is to be in the tenant."""
    chosen, now = _read_filter(visit), clock.now()
    page = page_users(visit.scope, chosen, visit.request.GET.get("cursor", ""))
    visit.note_view("users.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    context = {
        "chosen": chosen,
        "people": [(user, standing_of(user, now), user.mail.rpartition("@")[2]) for user in page.rows],
        "segments": _segments(visit, chosen),
        "newer_url": _page_url(visit, chosen, page.previous_cursor),
        "older_url": _page_url(visit, chosen, page.next_cursor),
        "may_invite": visit.scope.allows(Permission.USER_INVITE),
    }
    return visit.render("web/users/list.html", context)


@require_safe
@in_tenant("users", Permission.USER_READ)
def show_user(visit: Visit, user_id: uuid.UUID) -> HttpResponseBase:
    """One user, with all they hold and why they can enter."""
    user = get_user(visit.scope, user_id)
    visit.note_view("user.viewed", user_target(user))
    return _render_user(visit, user)


@require_http_methods(["POST"])
@in_tenant("users", Permission.USER_UPDATE)
def set_block(visit: Visit, user_id: uuid.UUID) -> HttpResponseBase:
    """Keep a user out."""
    visit.attempt(lambda: block_user(visit.scope, user_id), _("Blocked; holds from the next request on."))
    return visit.redirect("user", user_id)


@require_http_methods(["POST"])
@in_tenant("users", Permission.USER_UPDATE)
def lift_block(visit: Visit, user_id: uuid.UUID) -> HttpResponseBase:
    """Let a user in again."""
    visit.attempt(lambda: unblock_user(visit.scope, user_id), _("Unblocked."))
    return visit.redirect("user", user_id)


@require_http_methods(["POST"])
@in_tenant("users", Permission.USER_UPDATE)
def set_end(visit: Visit, user_id: uuid.UUID) -> HttpResponseBase:
    """Change when access ends."""
    visit.require(Permission.USER_UPDATE)
    user = get_user(visit.scope, user_id)
    form = _end_form(user, visit.request.POST)
    if submit(form, lambda values: change_end(visit.scope, user_id, **values)):
        visit.tell(_("End of access saved."))
        return visit.redirect("user", user_id)
    return _render_user(visit, user, form)


@require_http_methods(["POST"])
@in_tenant("users", Permission.USER_UPDATE)
def choose_manager(visit: Visit, user_id: uuid.UUID) -> HttpResponseBase:
    """Say who decides as a member's manager, or that nobody does."""
    visit.require(Permission.USER_UPDATE)
    user, form = get_user(visit.scope, user_id), ManagerForm(visit.request.POST)

    def choose(values: Mapping[str, str]) -> None:
        named = values["manager"]
        manager = find_user(visit.scope, named, "manager") if named else None
        set_manager(visit.scope, user_id, manager.id if manager else None)

    if submit(form, choose):
        visit.tell(_("Manager saved."))
        return visit.redirect("user", user_id)
    return _render_user(visit, user, manager_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("users", Permission.USER_REMOVE)
def remove(visit: Visit, user_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take a user out of the tenant."""
    visit.require(Permission.USER_REMOVE)
    user = get_user(visit.scope, user_id)
    if visit.method == "POST":
        removed = visit.attempt(
            lambda: remove_user(visit.scope, user_id), _("%(name)s removed.") % {"name": user.display_name}
        )
        return visit.redirect("users") if removed else visit.redirect("user", user_id)
    names = {"name": user.display_name, "tenant": visit.scope.entry.tenant_name}
    return ask(
        visit,
        title=_("Remove %(name)s?") % names,
        sentence=_("%(name)s loses all access to %(tenant)s from the next request on.") % names,
        button=_("Remove from %(tenant)s") % names,
        back_url=visit.link("user", user_id),
        change=lambda: remove_user(visit.scope, user_id),
    )


def _render_user(
    visit: Visit, user: User, form: EndForm | None = None, manager_form: ManagerForm | None = None
) -> HttpResponse:
    scope, now = visit.scope, clock.now()
    memberships = list(list_memberships(scope, now).filter(user_id=user.id))
    groups = [membership.group_id for membership in memberships]
    given = list_role_assignments(scope, now).filter(Q(user_id=user.id) | Q(group_id__in=groups))
    context = {
        "person": user,
        "standing": standing_of(user, now),
        "kept_out": why_kept_out(scope, user),
        "memberships": memberships,
        "assignments": list(given),
        "form": form or _end_form(user),
        **_manager_context(visit, user, manager_form),
        "chains": _explain(visit, user),
        "may_update": scope.allows(Permission.USER_UPDATE),
        "may_remove": scope.allows(Permission.USER_REMOVE),
        "may_renew": scope.allows(Permission.USER_INVITE) and user.account_id is None,
        "is_self": scope.entry.user_id == user.id,
    }
    is_wrong = any(one and one.errors for one in (form, manager_form))
    return visit.render("web/users/show.html", context, 400 if is_wrong else 200, of=f"user:{user.id}")


def _end_form(user: User, data: QueryDict | None = None) -> EndForm:
    """For a guest it also asks why there is to be no end."""
    chosen = GuestEndForm if user.is_guest else EndForm
    return chosen(data, initial={"ends_at": user.ends_at})


def _manager_context(visit: Visit, user: User, form: ManagerForm | None) -> dict[str, object]:
    """A member's manager, and the form to choose them; a guest's is at home."""
    if user.is_guest:
        return {"manager_form": form} if form else {}
    manager = list_users(visit.scope).filter(id=user.manager_id).first() if user.manager_id else None
    if not visit.scope.allows(Permission.USER_UPDATE):
        return {"manager": manager}
    members = list_users(visit.scope).filter(user_type=User.UserType.MEMBER).exclude(id=user.id)
    named = manager.user_principal_name if manager else ""
    form = form or ManagerForm(initial={"manager": named})
    return {"manager": manager, "manager_form": form, "people": list(members[:OFFERED])}


def _explain(visit: Visit, user: User) -> list[object] | None:
    """Every chain of one user, or None for who may not ask."""
    if not visit.scope.allows(Permission.ACCESS_EXPLAIN):
        return None
    chains = explain_user(visit.scope, user, Permission.TENANT_READ)
    return [describe_chain(chain, visit.scope.entry.tenant_name) for chain in chains]


def _read_filter(visit: Visit) -> UserFilter:
    """What the address asks for; a choice that we don't know shows all."""
    shown = visit.request.GET.get("show", "")
    known = Shown(shown) if shown in Shown else Shown.ALL
    return UserFilter(known, visit.request.GET.get("q", "").replace("\0", "").strip()[:200])


def _segments(visit: Visit, chosen: UserFilter) -> list[dict[str, object]]:
    counts = count_users(visit.scope, chosen.text)
    return [
        {
            "label": word,
            "url": visit.link("users", show=shown, q=chosen.text),
            "count": counts[shown],
            "current": shown == chosen.shown,
        }
        for shown, word in _SHOWN_WORDS.items()
    ]


def _page_url(visit: Visit, chosen: UserFilter, cursor: str) -> str:
    return visit.link("users", show=chosen.shown, q=chosen.text, cursor=cursor) if cursor else ""
