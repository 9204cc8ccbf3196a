"""Applications that a tenant registers."""

from django.db.models import QuerySet

from tidegate.authorization.api_permissions import GrantKind, Resource, find_api_permission
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.directory.actions.applications import (
    Redirect,
    Registration,
    disable_application,
    enable_application,
    register_application,
    remove_application,
    update_application,
)
from tidegate.directory.applications import list_applications
from tidegate.directory.models import Application
from tidegate.manifest.api_permissions import read_permission, write_name
from tidegate.manifest.desk import Desk, given, plain
from tidegate.manifest.forms.applications import ApplicationForm, RedirectForm
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.sections.credentials import (
    clear_credentials,
    describe_credentials,
    settle_credentials,
)


def settle_application(desk: Desk, form: ApplicationForm) -> None:
    """Register it, or change it; give it what it proves itself with."""
    application = _find(desk, form)
    if application is None:
        application = _register(desk, form)
    else:
        _change(desk, form, application)
    settle_credentials(desk, form, application)
    if form.is_disabled is not UNSET and form.is_disabled != (application.disabled_at is not None):
        switch, word = (
            (disable_application, "disable") if form.is_disabled else (enable_application, "enable")
        )
        switch(desk.scope, application.id)
        desk.note(f"{word} application {application.display_name} of {desk.tenant_name}")


def clear_application(desk: Desk, form: ApplicationForm) -> None:
    """Remove it, or what it is to prove itself with no more."""
    application = _find(desk, form)
    if application is None:
        return
    if form.state == "absent":
        remove_application(desk.scope, application.id)
        desk.note(f"remove application {application.display_name} of {desk.tenant_name}")
    else:
        clear_credentials(desk, form, application)


def describe_applications(scope: Scope) -> list[ApplicationForm]:
    """All of them; of secrets, that they are there."""
    return [_describe(scope, application) for application in list_applications(scope)]


def _find(desk: Desk, form: ApplicationForm) -> Application | None:
    rows = list_applications(desk.scope)
    if form.client_id is not UNSET:
        return rows.filter(client_id=form.client_id).first()
    if form.display_name is UNSET:
        raise InvalidInput("an application needs a client_id or a display_name, by which it is found")
    return _only(rows, form.display_name)


def _only(rows: QuerySet[Application], name: str) -> Application | None:
    found = list(rows.filter(display_name__iexact=plain(name))[:2])
    if len(found) > 1:
        message = f'several applications are called "{name}": give the client_id'
        raise Conflict(message)
    return found[0] if found else None


def _register(desk: Desk, form: ApplicationForm) -> Application:
    if form.display_name is UNSET:
        raise InvalidInput(fields={"display_name": "is needed for an application that is not there yet"})
    client_id = None if form.client_id is UNSET else form.client_id
    nothing = Registration(display_name=form.display_name)
    application = register_application(desk.scope, _wanted(form, nothing), client_id=client_id)
    desk.note(f"register application {application.display_name} in {desk.tenant_name}")
    return application


def _change(desk: Desk, form: ApplicationForm, application: Application) -> None:
    present = _registration(application)
    wanted = _wanted(form, present)
    before, after = _say(present), _say(wanted)
    if before != after:
        update_application(desk.scope, application.id, wanted)
        desk.note_changes(f"application {application.display_name} of {desk.tenant_name}", before, after)


def _wanted(form: ApplicationForm, present: Registration) -> Registration:
    """What an application is to be: what the form gives, and for the rest what it is."""
    texts = given(
        display_name=form.display_name,
        description=form.description,
        sign_in_audience=form.sign_in_audience,
        logout_url=form.logout_url,
    )
    now = {name: str(texts.get(name, getattr(present, name))) for name in _TEXTS}
    is_public = form.allows_public_client
    return Registration(
        **now,
        redirects=present.redirects if form.redirect_uris is UNSET else _redirects(form.redirect_uris),
        allows_public_client=present.allows_public_client if is_public is UNSET else is_public,
        required=present.required
        if form.required_permissions is UNSET
        else [read_permission(one, "required_permissions") for one in form.required_permissions],
    )


_TEXTS = ("display_name", "description", "sign_in_audience", "logout_url")


def _redirects(named: list[str | RedirectForm]) -> list[Redirect]:
    return [Redirect(one) if isinstance(one, str) else Redirect(one.uri, one.platform) for one in named]


def _registration(application: Application) -> Registration:
    """An application as it would be registered anew."""
    required = (
        find_api_permission(Resource(row["resource"]), GrantKind(row["kind"]), row["value"])
        for row in application.required_permissions
    )
    return Registration(
        display_name=application.display_name,
        description=application.description,
        sign_in_audience=application.sign_in_audience,
        redirects=[Redirect(row["uri"], row["platform"]) for row in application.redirect_uris],
        logout_url=application.logout_url,
        allows_public_client=application.allows_public_client,
        required=[one for one in required if one is not None],
    )


def _say(registration: Registration) -> dict[str, object]:
    redirects = {one.uri: one.platform for one in registration.redirects}
    return {
        **{name: getattr(registration, name) for name in _TEXTS},
        "redirect_uris": [f"{uri} ({platform})" for uri, platform in redirects.items()],
        "allows_public_client": registration.allows_public_client,
        "required_permissions": sorted(
            {write_name(one.resource, one.kind, one.value) for one in registration.required}
        ),
    }


def _describe(scope: Scope, application: Application) -> ApplicationForm:
    redirects = [
        row["uri"] if row["platform"] == "web" else RedirectForm(uri=row["uri"], platform=row["platform"])
        for row in application.redirect_uris
    ]
    required = (write_name(**row) for row in application.required_permissions)
    form = ApplicationForm(
        client_id=application.client_id,
        display_name=application.display_name,
        description=application.description,
        sign_in_audience="AzureADMultipleOrgs" if application.is_multi_tenant else "AzureADMyOrg",
        redirect_uris=redirects,
        logout_url=application.logout_url,
        allows_public_client=application.allows_public_client,
        required_permissions=sorted(required),
    )
    if application.disabled_at:
        form.is_disabled = True
    describe_credentials(scope, application, form)
    return form
