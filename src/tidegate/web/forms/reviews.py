"""Forms of access reviews."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.entitlements.models import AssignmentPolicy
from tidegate.web.forms.fields import offer_choices


class AnswerForm(forms.Form):
    """Why access is kept or removed."""

    justification = forms.CharField(
        label=_("Your reason"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "maxlength": 2000}),
        error_messages={"required": _("must not be empty")},
    )

    def __init__(self, *args: Any, needs_reason: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["justification"].required = needs_reason


class BeginReviewForm(forms.Form):
    """Under which policy a round is begun now."""

    policy = forms.TypedChoiceField(label=_("Package and policy"), coerce=uuid.UUID)

    def __init__(self, *args: Any, policies: list[AssignmentPolicy], **options: Any) -> None:
        super().__init__(*args, **options)
        named = [(str(one.id), f"{one.package.display_name}: {one.display_name}") for one in policies]
        offer_choices(self, "policy", _("Choose"), named)
