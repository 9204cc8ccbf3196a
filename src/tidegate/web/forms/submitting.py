"""A form meets its action: what the action refuses stands beside the field, with what was typed kept."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms import BaseForm

from tidegate.core.errors import Conflict, InvalidInput
from tidegate.web.visit import say, say_reason


def submit(form: BaseForm, action: Callable[[Mapping[str, Any]], object]) -> bool:
    """Whether the form was valid and its action took the values."""
    if not form.is_valid():
        return False
    try:
        action(form.cleaned_data)
    except InvalidInput as error:
        _take_reasons(form, error)
    except Conflict as error:
        form.add_error(None, say(error))
    return not form.errors


def _take_reasons(form: BaseForm, error: InvalidInput) -> None:
    for name, reason in error.fields.items():
        if name in form.fields:
            form.add_error(name, say_reason(reason))
        else:
            form.add_error(None, f"{name.replace('_', ' ')} {say_reason(reason)}")
    if not error.fields:
        form.add_error(None, say(error))
