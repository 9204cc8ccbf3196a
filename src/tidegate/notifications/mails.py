"""A delivery as a mail: its words in the reader's language, plain and in HTML, from its parts alone.

Not even the rule's own name stands in it: rules are copied from one customer to the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from tidegate.connectors.channels.email.composing import Mail
from tidegate.core import clock
from tidegate.incidents.words import Severity
from tidegate.notifications.deliveries import thread_id
from tidegate.notifications.models import Delivery, NotificationRule
from tidegate.notifications.parts import Item, Part
from tidegate.notifications.programs import Happening
from tidegate.notifications.showing import show
from tidegate.notifications.unsubscribing import unsubscribe_url
from tidegate.notifications.words import ABOUT_INCIDENTS, About, OwnerNews, Purpose


@dataclass(frozen=True, slots=True)
class Told:
    """What a message tells: parts of one tenant each, and how far it has escalated."""

    parts: tuple[Part, ...]
    step: int = 0

    @property
    def single(self) -> Item | None:
        """The one item of which it tells, if it is one."""
        return self.parts[0].items[0] if self._is_one and self.parts[0].items else None

    @property
    def single_happening(self) -> Happening | None:
        """The one thing that happened to a program, if it tells of one."""
        return self.parts[0].happenings[0] if self._is_one and self.parts[0].happenings else None

    @property
    def _is_one(self) -> bool:
        return len(self.parts) == 1 and self.parts[0].count == 1

    @property
    def count(self) -> int:
        """Of how many things it tells."""
        return sum(part.count for part in self.parts)

    @property
    def worst(self) -> Severity:
        """The highest severity among them."""
        return max((item.severity for part in self.parts for item in part.items), default=Severity.UNKNOWN)


def write_told(delivery: Delivery, rule: NotificationRule, told: Told, sender: str) -> Mail:
    """The mail of a notification, of a bundle, or of a test."""
    language = _language(delivery, rule)
    is_test = delivery.purpose == Purpose.TEST
    leave = "" if is_test else unsubscribe_url(rule, delivery.email)
    with override(language), timezone.override(ZoneInfo(rule.time_zone)):
        subject = write_subject(rule, told, is_test=is_test)
        context = {
            "subject": subject,
            "told": told,
            "is_about_incidents": rule.about in ABOUT_INCIDENTS,
            "is_test": is_test,
            "language": language,
            "unsubscribe_url": leave,
        }
        text = render_to_string("notifications/mail/told.txt", context)
        html = render_to_string("notifications/mail/told.html", context)
    item = told.single
    return Mail(
        sender=sender,
        recipient=delivery.email,
        subject=subject,
        text=_tidy(text),
        html=html,
        message_id=delivery.message_id,
        sent_at=clock.now(),
        thread_id=thread_id(told.parts[0].tenant_id, item.incident_id) if item else "",
        unsubscribe_url=leave,
        language=language,
        is_urgent=told.worst == Severity.HIGH,
    )


def write_subject(rule: NotificationRule, told: Told, *, is_test: bool = False) -> str:
    """One line that says it, in the language that is set; it names an organization if the parts do."""
    item = told.single
    if rule.about == About.PROGRAMS:
        text = _about_programs(told)
    else:
        text = _about_one(rule, told.parts[0], item) if item else _about_many(rule, told.parts, told.count)
        if item and item.clock:
            text = f"{item.clock_words}: {text}"
    if told.step:
        text = _("Nobody has taken this up: %(subject)s") % {"subject": text}
    return _("Test: %(subject)s") % {"subject": text} if is_test else text


def write_owner_news(delivery: Delivery, rule: NotificationRule, sender: str) -> Mail:
    """The mail that tells a rule's owner what became of it."""
    language = _language(delivery, rule)
    news = OwnerNews(delivery.values["news"])
    with override(language):
        subject = _("Notification rule “%(name)s”: %(news)s") % {
            "name": show(rule.display_name),
            "news": news.label,
        }
        context = {
            "subject": subject,
            "news": news,
            "about": show(delivery.values["subject"]),
            "rule_name": show(rule.display_name),
            "language": language,
        }
        text = render_to_string("notifications/mail/owner.txt", context)
        html = render_to_string("notifications/mail/owner.html", context)
    return Mail(
        sender=sender,
        recipient=delivery.email,
        subject=subject,
        text=_tidy(text),
        html=html,
        message_id=delivery.message_id,
        sent_at=clock.now(),
        language=language,
    )


def _about_one(rule: NotificationRule, part: Part, item: Item) -> str:
    words = {
        "severity": item.severity.label,
        "tenant": part.tenant_name,
        "title": item.title,
        "number": item.incident_number,
        "name": item.incident_name,
    }
    if rule.about in ABOUT_INCIDENTS:
        if part.tenant_name:
            return _("[%(severity)s] %(tenant)s: incident %(number)s, %(name)s") % words
        return _("[%(severity)s] Incident %(number)s, %(name)s") % words
    if part.tenant_name:
        return _("[%(severity)s] %(tenant)s: %(title)s") % words
    return _("[%(severity)s] %(title)s") % words


def _about_many(rule: NotificationRule, parts: Sequence[Part], count: int) -> str:
    words = {"count": count, "tenant": parts[0].tenant_name, "number": len(parts)}
    if rule.is_once_per_incident or rule.about == About.CLOCKS:
        return _about_incidents(words, count, is_one=len(parts) == 1)
    if len(parts) > 1:
        return _("%(count)s alerts in %(number)s organizations") % words
    if parts[0].tenant_name:
        return ngettext("%(tenant)s: %(count)s alert", "%(tenant)s: %(count)s alerts", count) % words
    return ngettext("%(count)s alert", "%(count)s alerts", count) % words


def _about_incidents(words: Mapping[str, object], count: int, *, is_one: bool) -> str:
    if not is_one:
        return _("%(count)s incidents in %(number)s organizations") % words
    if words["tenant"]:
        return ngettext("%(tenant)s: %(count)s incident", "%(tenant)s: %(count)s incidents", count) % words
    return ngettext("%(count)s incident", "%(count)s incidents", count) % words


def _about_programs(told: Told) -> str:
    part, happening = told.parts[0], told.single_happening
    words = {"count": told.count, "tenant": part.tenant_name, "number": len(told.parts)}
    if len(told.parts) > 1:
        return _("%(count)s messages about programs in %(number)s organizations") % words
    if happening is not None:
        words["title"] = happening.title
        return _("%(tenant)s: %(title)s") % words if part.tenant_name else happening.title
    if part.tenant_name:
        return (
            ngettext(
                "%(tenant)s: %(count)s message about programs",
                "%(tenant)s: %(count)s messages about programs",
                told.count,
            )
            % words
        )
    return (
        ngettext("%(count)s message about programs", "%(count)s messages about programs", told.count) % words
    )


def _language(delivery: Delivery, rule: NotificationRule) -> str:
    """The rule's, else the reader's own, else the installation's."""
    known = {code for code, _name in settings.LANGUAGES}
    own = delivery.account.language if delivery.account else ""
    return next((code for code in (rule.language, own) if code in known), settings.LANGUAGE_CODE)


def _tidy(text: str) -> str:
    """Without blanks at the ends of lines, and never two empty lines together."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    kept = [line for place, line in enumerate(lines) if line or lines[place - 1]]
    return "\n".join(kept) + "\n"
