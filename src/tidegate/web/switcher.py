"""What the directory switcher offers: the tenants that one may enter, recent first or by name, and groups."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor
from tidegate.customers.queries import list_usable_groups
from tidegate.directory.models import User
from tidegate.gate.opening import open_many
from tidegate.gate.reach import RECENT_AT_MOST, list_named, list_recent
from tidegate.gate.several import ALL, GROUP
from tidegate.web import frame as fr
from tidegate.web.framing import KEEPS_PAGE, SEVERAL_HAVE
from tidegate.web.links import tenant_link
from tidegate.web.tenant_color import initials

SWITCHER_AT_MOST: Final = RECENT_AT_MOST - 1
GROUPS_AT_MOST: Final = 50


def describe_menu(actor: Actor, key: str, tid: str) -> fr.SwitcherMenu:
    """Where the actor was last, and what opens several tenants. `tid` is open now, at the page `key`."""
    users = list_recent(actor)
    total = len(users)
    if total > SWITCHER_AT_MOST:
        total = open_many(actor, Permission.TENANT_READ).reach.tenant_ids().count()
    choices = tuple(_choices(actor, key, tid, total)) if total > 1 else ()
    return fr.SwitcherMenu(_badges(users, key), choices, total, len(users) > SWITCHER_AT_MOST)


def find_in_menu(actor: Actor, key: str, text: str) -> fr.SwitcherMenu:
    """The tenants of the actor's with this text in their name, or with this Directory ID. One statement."""
    users = list_named(actor, text)
    return fr.SwitcherMenu(_badges(users, key), (), len(users), len(users) > SWITCHER_AT_MOST)


def _badges(users: Sequence[User], key: str) -> tuple[fr.TenantBadge, ...]:
    page = key if key in KEEPS_PAGE else "overview"
    return tuple(
        fr.tenant_badge(
            user.tenant_id,
            user.tenant.display_name,
            fr.Relation(user.user_type),
            tenant_link(page, str(user.tenant_id)),
        )
        for user in users[:SWITCHER_AT_MOST]
    )


def _choices(actor: Actor, key: str, tid: str, total: int) -> Iterator[fr.SwitcherChoice]:
    page = key if key in KEEPS_PAGE & SEVERAL_HAVE else "overview"
    yield fr.SwitcherChoice(_("All customers"), ALL, _("All"), tenant_link(page, ALL), total, tid == ALL)
    for group in list_usable_groups(actor.account_id, actor.home_tenant_id)[:GROUPS_AT_MOST]:
        of_group = f"{GROUP}{group.name}"
        yield fr.SwitcherChoice(
            group.name, of_group, initials(group.name), tenant_link(page, of_group), None, tid == of_group
        )
