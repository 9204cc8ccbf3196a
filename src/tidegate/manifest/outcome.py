"""What came of applying a document, for programs: the ids of what it names, and what was made for it."""

from typing import Any

from tidegate.directory.applications import list_applications
from tidegate.directory.invitation_mail import invitation_link
from tidegate.directory.models import Tenant
from tidegate.directory.queries import list_users
from tidegate.manifest.desk import Made, MadeKind, Run, open_for_operator, plain
from tidegate.manifest.forms.base import UNSET, UnsetType
from tidegate.manifest.forms.document import Document, TenantForm


def describe_outcome(document: Document, run: Run) -> dict[str, Any]:
    """The changes, every tenant with the people and applications that the document names, what was made."""
    tenants = Tenant.objects.in_bulk(run.tenant_ids)
    return {
        "changes": run.changes,
        "tenants": [
            _describe_tenant(tenants[tenant_id], form)
            for tenant_id, form in zip(run.tenant_ids, document.tenants, strict=True)
        ],
        "passwords": [
            {"email": made.whose, "password": made.text} for made in _of_kind(run, MadeKind.PASSWORD)
        ],
        "client_secrets": [
            {
                "tenant_id": str(made.tenant_id),
                "client_id": made.whose,
                "display_name": made.name,
                "client_secret": made.text,
            }
            for made in _of_kind(run, MadeKind.SECRET)
        ],
        "invitations": [
            {"tenant_id": str(made.tenant_id), "email": made.whose, "link": invitation_link(made.text)}
            for made in _of_kind(run, MadeKind.INVITATION)
        ],
    }


def say_made(made: Made) -> str:
    """The same of one thing that was made, for a terminal."""
    if made.kind == MadeKind.PASSWORD:
        return f"{made.whose} signs in with the password {made.text} and should change it."
    if made.kind == MadeKind.SECRET:
        return f"Application {made.whose} has the secret {made.name or '(no name)'}: {made.text}"
    return f"{made.whose} accepts at {invitation_link(made.text)}"


def _describe_tenant(tenant: Tenant, form: TenantForm) -> dict[str, Any]:
    scope = open_for_operator(tenant)
    mails = [plain(one.email).lower() for one in _items(form.users)]
    users = list_users(scope).filter(mail__in=mails)
    ids = [one.client_id for one in _items(form.applications) if one.client_id is not UNSET]
    names = [plain(one.display_name) for one in _items(form.applications) if one.display_name is not UNSET]
    own = list_applications(scope)
    return {
        "tenant_id": str(tenant.id),
        "display_name": tenant.display_name,
        "users": [
            {"email": user.mail, "id": str(user.id), "user_principal_name": user.user_principal_name}
            for user in users
        ],
        "applications": [
            {"client_id": str(one.client_id), "display_name": one.display_name}
            for one in own
            if one.client_id in ids or one.display_name in names
        ],
    }


def _items[F](items: list[F] | UnsetType) -> list[F]:
    return [] if items is UNSET else items


def _of_kind(run: Run, kind: MadeKind) -> list[Made]:
    return [made for made in run.made if made.kind == kind]
