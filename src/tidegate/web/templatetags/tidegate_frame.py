"""The tenant stripe and the language form: parts of the frame that need the clock or the settings."""

from datetime import timedelta
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.template import Context
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tidegate.core.clock import now
from tidegate.web.frame import Stripe
from tidegate.web.keys import ALWAYS, GOING, MOVING
from tidegate.web.templatetags.tidegate_times import format_local

register = template.Library()

# Within this time an end of access is told as a countdown; within the second the stripe shows its amber foot.
COUNTDOWN = timedelta(days=14)
ENDS_SOON = timedelta(hours=24)


@register.simple_tag
def all_keys() -> SafeString:
    """The dialog of all keys."""
    return _draw_keys(translation.get_language())


@cache
def _draw_keys(_language: str | None) -> SafeString:
    context = {"always": ALWAYS, "moving": MOVING, "going": GOING}
    return render_to_string("web/frame/keys.html", context)


@register.inclusion_tag("web/frame/stripe.html")
def tenant_stripe(stripe: Stripe) -> dict[str, Any]:
    """The stripe under the top bar, with when access ends worked out against the clock."""
    left = stripe.ends_at - now() if stripe.ends_at else None
    return {
        "stripe": stripe,
        "ends_soon": left is not None and left < ENDS_SOON,
        "countdown": describe_countdown(left) if left is not None and left < COUNTDOWN else "",
        "ends_on": format_local(stripe.ends_at, "j M Y") if stripe.ends_at else "",
    }


def describe_countdown(left: timedelta) -> str:
    """How long access still lasts, in the unit that matters: "3 days", "5 hours", "12 minutes"."""
    seconds = max(0, int(left.total_seconds()))
    if seconds >= 2 * 86400:
        return ngettext("%(count)d day", "%(count)d days", seconds // 86400) % {"count": seconds // 86400}
    if seconds >= 2 * 3600:
        return ngettext("%(count)d hour", "%(count)d hours", seconds // 3600) % {"count": seconds // 3600}
    return ngettext("%(count)d minute", "%(count)d minutes", seconds // 60) % {"count": seconds // 60}


@register.inclusion_tag("web/components/language_form.html", takes_context=True)
def language_form(context: Context, url: str = "") -> dict[str, Any]:
    """The choice of language, each in its own words; nothing when no address takes it.

    The address is `url`, or `language_url` of the page's context.
    """
    request = context.get("request")
    languages = [translation.get_language_info(code) for code, _name in settings.LANGUAGES]
    return {
        "url": url or context.get("language_url", ""),
        "languages": languages,
        "current": translation.get_language(),
        "next": request.get_full_path() if request else "/",
        "csrf_token": context.get("csrf_token"),
        "label": _("Language"),
    }


@register.simple_tag
def undo_of(message: Message) -> str:
    """The name under which what a message tells of can be taken back; "" where it cannot."""
    tags = (message.extra_tags or "").split()
    return next((tag.removeprefix("undo:") for tag in tags if tag.startswith("undo:")), "")
