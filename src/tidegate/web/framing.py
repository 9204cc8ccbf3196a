"""Fills the frame around a page: where one is, where else one can go, what one may see here."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from tidegate.accounts.actors import actor_of
from tidegate.accounts.models import Account
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, Relation, Scope
from tidegate.core import clock
from tidegate.directory.queries import find_home
from tidegate.entitlements.inbox import count_pending
from tidegate.gate.reach import enters_several
from tidegate.gate.several import names_several
from tidegate.incidents.queries import OpenCounts, count_open
from tidegate.notifications.inbox import count_unread
from tidegate.notifications.mailbox import has_mailbox
from tidegate.web import frame as fr
from tidegate.web.asking import extend_urls
from tidegate.web.links import tenant_link

EXTENDED_FROM: Final = timedelta(days=14)

# key and address name, label, icon, the permission that shows it (None: everyone inside)
_WORK: Final[tuple[tuple[str, Promise, str, Permission | None], ...]] = (
    ("overview", _("Overview"), "overview", Permission.INCIDENT_READ),
    ("incidents", _("Incidents"), "incidents", Permission.INCIDENT_READ),
    ("alerts", _("Alerts"), "alerts", Permission.ALERT_READ),
    ("devices", _("Devices"), "devices", Permission.DEVICE_READ),
    ("hunting", _("Hunting"), "hunting", Permission.HUNTING_READ),
    ("report", _("Report"), "file", Permission.INCIDENT_READ),
)
TENANT_PAGES: Final[tuple[tuple[str, Promise, str, Permission | None], ...]] = (
    ("users", _("Users and guests"), "users", Permission.USER_READ),
    ("access_packages", _("Access packages"), "access-packages", Permission.ENTITLEMENT_READ),
    (
        "connected_organizations",
        _("Connected organizations"),
        "connected-organizations",
        Permission.ENTITLEMENT_READ,
    ),
    ("groups", _("Groups"), "groups", Permission.GROUP_READ),
    ("roles", _("Roles"), "roles", Permission.ROLE_READ),
    ("device_groups", _("Device groups"), "device-groups", Permission.DEVICE_GROUP_READ),
    ("reviews", _("Reviews"), "reviews", Permission.ENTITLEMENT_READ),
    ("applications", _("Applications"), "applications", Permission.APPLICATION_READ),
    ("expiry", _("Expiry"), "calendar", None),
    ("outside_access", _("Outside access"), "lock", Permission.OUTSIDE_ACCESS_STOP),
    ("elevation", _("My roles"), "clock", None),
    ("break_glass", _("Emergency access"), "warning", Permission.ENTITLEMENT_READ),
    ("notifications", _("Notifications"), "notifications", Permission.SECURITY_SETTING_MANAGE),
    ("correlation", _("Correlation"), "link", Permission.SECURITY_SETTING_MANAGE),
    ("notification_elsewhere", _("Told elsewhere"), "notifications", Permission.AUDIT_READ),
    ("siem", _("SIEM"), "siem", Permission.PORTAL_SETTING_MANAGE),
    ("feeds", _("Feeds"), "download", Permission.APPLICATION_READ),
    ("imports", _("Import"), "import", Permission.ALERT_IMPORT),
    ("sign_ins", _("Sign-in log"), "key", Permission.AUDIT_READ),
    ("audit", _("Audit log"), "audit", Permission.AUDIT_READ),
    ("properties", _("Properties"), "properties", None),
)


def build_frame(request: HttpRequest, scope: Scope, key: str) -> fr.Frame:
    """The frame of a page in one tenant."""
    entry, tid = scope.entry, str(scope.tenant_id)
    relation = fr.Relation(entry.relation or Relation.MEMBER)
    badge = fr.tenant_badge(tid, entry.tenant_name, relation, tenant_link("overview", tid))
    home = find_home(scope.actor) if entry.relation == Relation.GUEST else None
    stripe = fr.Stripe(
        kind=fr.StripeKind.TENANT,
        title=entry.tenant_name,
        hue=badge.hue,
        initials=badge.initials,
        relation=relation,
        home_name=home.display_name if home else "",
        role_names=entry.role_names,
        ends_at=entry.ends_at,
        extend_url=_extend_url(scope),
    )
    return fr.Frame(
        tid=tid,
        tenant=badge,
        stripe=stripe,
        switcher=build_switcher(scope.actor, badge, key, tid),
        navigation=tuple(_sections(scope, key)),
        account=build_account_menu(request),
        search_url=tenant_link("search", tid),
        jump_url=tenant_link("search_jump", tid),
        inbox=bell(scope.actor, tid, key),
        home_url=tenant_link("overview", tid),
    )


def bell(actor: Actor, tid: str, key: str) -> fr.InboxBell:
    """The bell in the top bar. `tid` is of the tenant that the page, or the reader, is at home in."""
    return fr.InboxBell(tenant_link("inbox", tid), count_unread(actor), current=key == "inbox")


def _extend_url(scope: Scope) -> str:
    """Where the visitor asks to stay longer; looked up only when the end is near."""
    ends_at = scope.entry.ends_at
    if ends_at is None or ends_at > clock.now() + EXTENDED_FROM:
        return ""
    return extend_urls(scope.actor, scope.tenant_id).get(scope.tenant_id, "")


def build_closed_frame(request: HttpRequest, note: fr.Label = "") -> fr.Frame:
    """The frame of a page that is in no tenant: nothing was opened. `note` stands on the stripe."""
    actor = actor_of(request)
    home = find_home(actor)
    items = (*customers_item("", str(home.id)), *own_items(actor, "", str(home.id))) if home else ()
    return fr.Frame(
        tid="",
        tenant=None,
        stripe=fr.Stripe(
            fr.StripeKind.NONE,
            _("No directory open"),
            notes=(fr.StripeNote(note),) if note else (),
        ),
        switcher=build_switcher(actor, None, "", ""),
        navigation=(fr.NavSection(None, items),),
        account=build_account_menu(request),
        inbox=bell(actor, str(home.id), "") if home else None,
    )


def build_account_menu(request: HttpRequest) -> fr.AccountMenu:
    """The menu under the avatar."""
    account = request.user
    if not isinstance(account, Account):
        return fr.AccountMenu(fr.person("", ""))
    return fr.AccountMenu(
        person=fr.person(account.get_full_name(), account.email),
        security_url="/account/",
        language_url="/account/preferences",
        theme_url="/account/preferences",
        sign_out_url="/sign-out",
        theme=account.theme,
    )


def build_switcher(
    actor: Actor, current: fr.TenantBadge | fr.SwitcherChoice | None, key: str, tid: str
) -> fr.Switcher:
    """The directory switcher, closed. `tid` is what is open: a tenant, or several."""
    has_several = SimpleLazyObject(partial(enters_several, actor))
    url = tenant_link("switcher", tid, of=key)
    return fr.Switcher(current, url, all_directories_url(actor, tid), has_several)


def all_directories_url(actor: Actor, tid: str) -> str:
    """Where all are listed that may be entered, from the page of a tenant or of several."""
    return tenant_link("customers", str(actor.home_tenant_id or "") if names_several(tid) else tid)


# Pages that another tenant has under the same address; details of one tenant are nothing in another.
KEEPS_PAGE: Final = frozenset(
    {
        *("overview", "incidents", "alerts", "devices", "hunting", "report", "properties", "audit"),
        "sign_ins",
        *("applications", "notifications", "inbox", "users", "groups", "roles", "access_packages", "siem"),
        *("connected_organizations", "reviews", "device_groups", "feeds", "imports"),
    }
)


# Pages that show several tenants in one list.
SEVERAL_HAVE: Final = frozenset(
    {
        *("overview", "incidents", "alerts", "devices", "hunting", "report", "search", "users"),
        *("groups", "roles"),
        *("access_packages", "connected_organizations", "reviews", "device_groups", "applications"),
        *("notifications", "siem", "feeds", "imports", "sign_ins", "audit", "properties"),
    }
)


def _sections(scope: Scope, key: str) -> Iterator[fr.NavSection]:
    tid = str(scope.tenant_id)
    counts = count_open(scope)
    work = [_item(scope, entry, key, counts) for entry in _WORK if _shows(scope, entry[3])]
    work += customers_item(key, tid)
    if scope.entry.relation == Relation.MEMBER and scope.allows(Permission.COVERAGE_READ):
        url = tenant_link("coverage", tid)
        work.append(fr.NavItem("coverage", _("Coverage"), url, "columns", None, key == "coverage"))
    work += own_items(scope.actor, key, tid)
    yield fr.NavSection(None, tuple(work))
    shown = [entry for entry in TENANT_PAGES if _shows(scope, entry[3])]
    if scope.allows(Permission.PORTAL_SETTING_MANAGE):
        # Feeds are then a tab of SIEM.
        shown = [entry for entry in shown if entry[0] != "feeds"]
        key = "siem" if key == "feeds" else key
    if scope.allows(Permission.SECURITY_SETTING_MANAGE):
        # So is what was told elsewhere, of notifications.
        shown = [entry for entry in shown if entry[0] != "notification_elsewhere"]
    elif key == "notifications":
        key = "notification_elsewhere"
    tenant = [_item(scope, entry, key, counts) for entry in shown]
    yield fr.NavSection(scope.entry.tenant_name, tuple(tenant))


def _item(
    scope: Scope, entry: tuple[str, Promise, str, Permission | None], key: str, counts: OpenCounts
) -> fr.NavItem:
    name, label, icon, _permission = entry
    count = {"incidents": counts.incidents, "alerts": counts.alerts}.get(name)
    return fr.NavItem(name, label, tenant_link(name, str(scope.tenant_id)), icon, count, name == key)


def customers_item(key: str, tid: str) -> Iterator[fr.NavItem]:
    """Where all tenants are listed that one may enter; what is kept about them is found from there."""
    current = key in {"customers", "tenant_groups", "service_levels"}
    yield fr.NavItem("customers", _("Customers"), tenant_link("customers", tid), "customers", None, current)


def own_items(actor: Actor, key: str, tid: str) -> Iterator[fr.NavItem]:
    """What is the person's own, and how much waits for their decision: here, and at home everywhere."""
    here = None if tid == str(actor.home_tenant_id) else UUID(tid)
    waiting = count_pending(actor, here) or None
    yield fr.NavItem(
        "my_access", _("My access"), tenant_link("my_access", tid), "myaccess", None, key == "my_access"
    )
    yield fr.NavItem(
        "approvals", _("Approvals"), tenant_link("approvals", tid), "approvals", waiting, key == "approvals"
    )
    if settings.IS_DEMO and has_mailbox():
        yield fr.NavItem("mailbox", _("Mailbox"), tenant_link("mailbox", tid), "mail", None, key == "mailbox")


def _shows(scope: Scope, permission: Permission | None) -> bool:
    return permission is None or scope.allows(permission)


def portal_link(tid: str) -> str:
    """The tenant-specific link that people hand on: the portal's base address with `?tid=`."""
    return f"{settings.BASE_URL}/?tid={tid}"
