"""Consent: which applications a tenant lets in, for what, until when."""

from collections.abc import Iterable
from datetime import datetime

from tidegate.authorization.api_permissions import (
    API_PERMISSIONS,
    ApiPermission,
    GrantKind,
    Resource,
    find_api_permission,
)
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict, NotFound
from tidegate.core.ids import parse_uuid
from tidegate.directory.actions.consents import (
    Term,
    authorize_siem_application,
    grant_consent,
    usual_term,
    withdraw_consent,
    withdraw_siem_authorization,
)
from tidegate.directory.actions.service_principals import (
    disable_principal,
    enable_principal,
    remove_principal,
)
from tidegate.directory.applications import find_application, grants_in_force, list_principals
from tidegate.directory.models import Application, Grant, ServicePrincipal
from tidegate.manifest.api_permissions import read_permission, say_permissions, write_permission
from tidegate.manifest.desk import Desk, plain
from tidegate.manifest.forms.applications import ConsentForm, SiemAuthorizationForm
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.places import suggest
from tidegate.manifest.times import read_moment, say_end, write_moment

SIEM = tuple(each for each in API_PERMISSIONS if each.resource == Resource.SIEM)


def settle_consent(desk: Desk, form: ConsentForm) -> None:
    """Let the application in with these permissions; give those that it has the end that is said."""
    application = _find_application(desk, form.application)
    permissions = [read_permission(one, "permissions") for one in form.permissions]
    principal = _find_principal(desk.scope, application)
    lacking = _lacking(form, principal, permissions)
    if lacking or principal is None:
        term = _term(form)
        principal = grant_consent(desk.scope, application.client_id, lacking, term=term)
        _tell(desk, application, lacking, term)
    if form.is_disabled is not UNSET and form.is_disabled != (principal.disabled_at is not None):
        switch, word = (
            (disable_principal, "keep out") if form.is_disabled else (enable_principal, "let in again")
        )
        switch(desk.scope, principal.id)
        desk.note(f"{word} {application.display_name} in {desk.tenant_name}")


def clear_consent(desk: Desk, form: ConsentForm) -> None:
    """Take back what is named; with nothing named, let the application in no more."""
    if form.state != "absent":
        return
    application = _find_application(desk, form.application)
    principal = _find_principal(desk.scope, application)
    if principal is None:
        return
    if not form.permissions:
        remove_principal(desk.scope, principal.id)
        desk.note(f"let {application.display_name} into {desk.tenant_name} no more")
        return
    permissions = [read_permission(one, "permissions") for one in form.permissions]
    held = [grant for grant in _grants(principal) if _permission(grant) in permissions]
    if held:
        withdraw_consent(desk.scope, principal.id, [grant.id for grant in held])
        words = say_permissions(filter(None, map(_permission, held)))
        desk.note(f"take {words} from {application.display_name} in {desk.tenant_name}")


def settle_siem(desk: Desk, form: SiemAuthorizationForm) -> None:
    """Let the application fetch alerts for a SIEM."""
    application = _find_application(desk, form.application)
    principal = _find_principal(desk.scope, application)
    if _lacking(form, principal, SIEM):
        term = _term(form)
        authorize_siem_application(desk.scope, application.client_id, application.tenant_id, term=term)
        _tell(desk, application, SIEM, term)


def clear_siem(desk: Desk, form: SiemAuthorizationForm) -> None:
    """Let it no more."""
    if form.state != "absent":
        return
    application = _find_application(desk, form.application)
    principal = _find_principal(desk.scope, application)
    if principal and any(grant.resource == Resource.SIEM for grant in _grants(principal)):
        withdraw_siem_authorization(desk.scope, principal.id)
        desk.note(f"take the SIEM's alerts from {application.display_name} in {desk.tenant_name}")


def describe_consents(scope: Scope) -> list[ConsentForm]:
    """What each application may do, one form for each end; but for single-tenant ones of others."""
    return [
        form
        for principal in list_principals(scope)
        if not _is_siem_only(principal)
        for form in _describe(principal)
    ]


def describe_siem(scope: Scope) -> list[SiemAuthorizationForm]:
    """What others' single-tenant applications fetch: they are let in for a SIEM and nothing else."""
    return [
        SiemAuthorizationForm(application=str(principal.client_id), ends_at=_end(ends_at), reason=reason)
        for principal in list_principals(scope)
        if _is_siem_only(principal)
        for (ends_at, reason) in _by_term(principal)
    ]


def _find_application(desk: Desk, named: str) -> Application:
    """By client id wherever it is registered; by name, in this tenant and those of the document."""
    client_id = parse_uuid(named.strip())
    if client_id:
        if (application := find_application(client_id)) is not None:
            return application
        message = f"there is no application {named}"
        raise NotFound(message)
    rows = Application.objects.across_tenants().filter(
        tenant_id__in=desk.run.tenant_ids, removed_at__isnull=True
    )
    found = list(rows.filter(display_name__iexact=plain(named)).select_related("tenant")[:2])
    if len(found) == 1:
        return found[0]
    if found:
        message = f'several applications are called "{named}": give the client id'
        raise Conflict(message)
    nearest = suggest(named, list(rows.values_list("display_name", flat=True)[:1000]))
    message = f'there is no application "{named}"{nearest}'
    raise NotFound(message)


def _find_principal(scope: Scope, application: Application) -> ServicePrincipal | None:
    return list_principals(scope).filter(client_id=application.client_id).first()


def _lacking(
    form: ConsentForm | SiemAuthorizationForm,
    principal: ServicePrincipal | None,
    permissions: Iterable[ApiPermission],
) -> list[ApiPermission]:
    """Those of the permissions that the application has not, or has with another end or reason."""
    if principal is None:
        return list(permissions)
    fitting = [_permission(grant) for grant in _grants(principal) if _fits(form, grant)]
    return [one for one in permissions if one not in fitting]


def _fits(form: ConsentForm | SiemAuthorizationForm, grant: Grant) -> bool:
    if form.ends_at is not UNSET and grant.ends_at != _read_end(form.ends_at):
        return False
    return form.reason is UNSET or grant.reason == plain(form.reason)


def _term(form: ConsentForm | SiemAuthorizationForm) -> Term:
    reason = "" if form.reason is UNSET else form.reason
    if form.ends_at is UNSET:
        return Term(usual_term().ends_at, reason)
    return Term(_read_end(form.ends_at), reason)


def _tell(desk: Desk, application: Application, permissions: Iterable[ApiPermission], term: Term) -> None:
    what = say_permissions(permissions) or "nothing yet"
    desk.note(f"let {application.display_name} into {desk.tenant_name} for {what} {say_end(term.ends_at)}")


def _grants(principal: ServicePrincipal) -> list[Grant]:
    """What holds now for everybody of the tenant; what people consented to for themselves is theirs."""
    rows = grants_in_force(principal, clock.now()).filter(user_id__isnull=True)
    return list(rows.order_by("resource", "kind", "value", "id"))


def _permission(grant: Grant) -> ApiPermission | None:
    return find_api_permission(Resource(grant.resource), GrantKind(grant.kind), grant.value)


def _by_term(principal: ServicePrincipal) -> dict[tuple[datetime | None, str], list[ApiPermission]]:
    terms: dict[tuple[datetime | None, str], list[ApiPermission]] = {}
    for grant in _grants(principal):
        if (permission := _permission(grant)) is not None:
            terms.setdefault((grant.ends_at, grant.reason), []).append(permission)
    return terms


def _is_siem_only(principal: ServicePrincipal) -> bool:
    is_own = principal.home_tenant_id == principal.tenant_id
    return not is_own and not principal.application.is_multi_tenant


def _describe(principal: ServicePrincipal) -> list[ConsentForm]:
    client_id = str(principal.client_id)
    forms = [
        ConsentForm(
            application=client_id,
            permissions=sorted(map(write_permission, permissions)),
            ends_at=_end(ends_at),
            reason=reason,
        )
        for (ends_at, reason), permissions in _by_term(principal).items()
    ]
    if principal.disabled_at:
        forms = forms or [ConsentForm(application=client_id)]
        forms[0].is_disabled = True
    return forms


def _read_end(text: str | None) -> datetime | None:
    return read_moment(text) if text else None


def _end(ends_at: datetime | None) -> str | None:
    return write_moment(ends_at) if ends_at else None
