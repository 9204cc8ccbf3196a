"""What others wrote, made harmless for people to read, and the addresses of pages in one tenant."""

from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from tidegate.authorization.scope import Scope
from tidegate.connectors.channels.email.composing import cut, one_line
from tidegate.notifications.models import NotificationRule

LONGEST_WORDS: Final = 300


def show(text: str) -> str:
    """What others wrote, on one line and cut; and no link, which programs make of what looks like one."""
    line = cut(one_line(text), LONGEST_WORDS)
    return line.replace("://", ":\u2060//").replace("www.", "www\u2060.")


def link_to(rule: NotificationRule, scope: Scope, name: str, *arguments: object) -> str:
    """The address of a page in the scope's own tenant; empty where the rule leaves links out."""
    if not rule.includes_tenant_link:
        return ""
    return f"{settings.BASE_URL}{reverse(name, args=arguments)}?{urlencode({'tid': scope.tenant_id})}"
