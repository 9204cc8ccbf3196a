"""What the page "Feeds" shows: who fetches what, how far they have come, and what is wrong, in words."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tidegate.feeds.queries import Standing
from tidegate.feeds.words import Feed
from tidegate.web.frame import TenantBadge, tenant_badge
from tidegate.web.spans import say_span

FEED_WORDS: Final = MappingProxyType[Feed, Promise](
    {
        Feed.GRAPH_ALERTS: _("Alerts, Microsoft Graph"),
        Feed.GRAPH_INCIDENTS: _("Incidents, Microsoft Graph"),
        Feed.SIEM: _("Alerts, SIEM API"),
        Feed.DEFENDER_ALERTS: _("Alerts, Defender for Endpoint API"),
        Feed.XDR_INCIDENTS: _("Incidents, Defender XDR API"),
    }
)


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One consumer of one feed; `badge` is the tenant's, where the page shows several."""

    standing: Standing
    feed: Promise
    level: str
    state: str
    badge: TenantBadge | None = None


def describe_standing(one: Standing, *, is_elsewhere: bool = False) -> FeedRow:
    """A consumer in words."""
    level, state = _say_state(one)
    badge = None
    if is_elsewhere:
        badge = tenant_badge(one.consumer.tenant_id, one.consumer.tenant.display_name)
    return FeedRow(one, FEED_WORDS[one.feed], level, state, badge)


def _say_state(one: Standing) -> tuple[str, str]:
    """The level of `{% health %}` and the words; the worst first."""
    if one.is_behind:
        return "bad", gettext("%(span)s behind") % {"span": say_span(one.behind)}
    if one.consumer.failures:
        words = ngettext("%(count)d failure", "%(count)d failures", one.consumer.failures)
        return "warning", words % {"count": one.consumer.failures}
    if not one.follows:
        return "dim", gettext("Looks, without following")
    if one.waiting_since is not None:
        return "ok", gettext("%(span)s behind") % {"span": say_span(one.behind)}
    return "ok", gettext("Up to date")
