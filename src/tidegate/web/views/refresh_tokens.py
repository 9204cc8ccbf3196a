"""What applications were given to sign people in again is taken back: of an application, or of a person."""

import uuid
from collections.abc import Callable

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tidegate.authorization.permissions import Permission
from tidegate.directory.applications import get_principal
from tidegate.directory.queries import get_user
from tidegate.oauth.actions.refresh_tokens import revoke_tokens_of_application, revoke_tokens_of_user
from tidegate.web.confirming import ask
from tidegate.web.visit import Visit, in_tenant


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.CONSENT_GRANT)
def revoke_of_application(visit: Visit, principal_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then let an application sign nobody in again without them."""
    visit.require(Permission.CONSENT_GRANT)
    principal = get_principal(visit.scope, principal_id)
    names = {"name": principal.display_name, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST":
        _revoke(
            visit,
            lambda: revoke_tokens_of_application(visit.scope, principal.client_id, principal.display_name),
        )
        return visit.redirect("service_principal", principal_id)
    return ask(
        visit,
        title=_("Take back the refresh tokens of %(name)s?") % names,
        sentence=_(
            "Whoever uses %(name)s at %(tenant)s signs in again before it acts for them any longer. What it "
            "was granted stays."
        )
        % names,
        button=_("Take back at %(tenant)s") % names,
        back_url=visit.link("service_principal", principal_id),
        consequences=[_say_what_stays()],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("users", Permission.USER_UPDATE)
def revoke_of_user(visit: Visit, user_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then let no application sign a person in again without them."""
    visit.require(Permission.USER_UPDATE)
    user = get_user(visit.scope, user_id)
    names = {"name": user.display_name, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST":
        _revoke(visit, lambda: revoke_tokens_of_user(visit.scope, user_id, user.display_name))
        return visit.redirect("user", user_id)
    return ask(
        visit,
        title=_("Take back the refresh tokens of %(name)s?") % names,
        sentence=_(
            "Each application that acts for %(name)s at %(tenant)s lets them sign in again first. They stay "
            "signed in to the portal."
        )
        % names,
        button=_("Take back at %(tenant)s") % names,
        back_url=visit.link("user", user_id),
        consequences=[_say_what_stays()],
    )


def _say_what_stays() -> str:
    return _("An access token that was given already is good for the rest of its hour.")


def _revoke(visit: Visit, revoke: Callable[[], int]) -> None:
    count = revoke()
    words = ngettext("%(count)s refresh token taken back.", "%(count)s refresh tokens taken back.", count)
    visit.tell(words % {"count": count})
