"""What every page may show of the account, also pages that belong to no tenant."""

from django.http import HttpRequest
from django.urls import reverse


def account_choices(request: HttpRequest) -> dict[str, str]:
    """A context processor: where the choices of language and theme are sent, and the theme chosen."""
    return {
        "language_url": reverse("account_preferences"),
        "theme": getattr(getattr(request, "user", None), "theme", "system"),
    }
