"""The tenant stripe and the language form: parts of the frame that need the clock or the settings."""

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any, Final

from django import template
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.template import Context
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tidegate.core.clock import now
from tidegate.web.folding import unvarying
from tidegate.web.frame import NavItem, Stripe
from tidegate.web.keys import ALWAYS, GOING, MOVING
from tidegate.web.markup import format_html
from tidegate.web.templatetags.tidegate_icons import icon
from tidegate.web.templatetags.tidegate_times import format_local

register = template.Library()

# Within this time an end of access is told as a countdown; within the second the stripe shows its amber foot.
COUNTDOWN = timedelta(days=14)
ENDS_SOON = timedelta(hours=24)


_CURRENT: Final = SafeString(' aria-current="page"')
_NAV_ITEM: Final = '<li><a class="nav-item" href="{}" data-nav="{}"{}>{}<span>{}</span>{}</a></li>\n'
_NAV_COUNT: Final = '<span class="nav-count">{}</span>'


@register.simple_tag
@unvarying
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


@register.simple_tag
def nav_items(items: Iterable[NavItem]) -> SafeString:
    """The entries of a section of the navigation, each an <li>."""
    return SafeString("".join(map(_draw_item, items)))


def _draw_item(item: NavItem) -> str:
    count = "" if item.count is None else format_html(_NAV_COUNT, number_format(item.count, use_l10n=True))
    current = _CURRENT if item.current else ""
    return format_html(_NAV_ITEM, item.url, item.key, current, icon(item.icon), item.label, count)


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
