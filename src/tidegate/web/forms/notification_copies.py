"""The tenants to which a rule is copied."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.directory.queries import list_enterable
from tidegate.gate.opening import open_many


def list_copy_targets(scope: Scope) -> list[tuple[str, str]]:
    """The other tenants in which the visitor manages security settings, by name."""
    users = list_enterable(open_many(scope.actor, Permission.SECURITY_SETTING_MANAGE))
    others = users.exclude(tenant_id=scope.tenant_id).order_by("tenant__display_name")
    return [(str(user.tenant_id), user.tenant.display_name) for user in others]


class CopyForm(forms.Form):
    """Where to."""

    tenant_ids = forms.TypedMultipleChoiceField(
        label=_("Copy to"), coerce=uuid.UUID, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, tenants: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["tenant_ids"].choices = list(tenants)  # type: ignore[attr-defined]
