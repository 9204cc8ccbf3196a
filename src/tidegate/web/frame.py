"""What stands around every page: top bar, tenant stripe, navigation. Pure data; the views fill it.

Every label that is not a proper name arrives translated (or as a lazy translation). Addresses arrive ready,
with their `tid`. Templates read these values and decide nothing about access.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise

from tidegate.web.tenant_color import initials, person_initials, tenant_hue

type Label = str | Promise

SHORT_ID_LENGTH = 8


class Relation(StrEnum):
    """What the viewer is in a tenant."""

    MEMBER = "member"
    GUEST = "guest"


class StripeKind(StrEnum):
    """What the address opened: one tenant, several, or nothing that may be entered."""

    TENANT = "tenant"
    MANY = "many"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TenantBadge:
    """A tenant as it is recognised in menus, rows and tiles."""

    tenant_id: str
    display_name: str
    short_id: str
    hue: int
    initials: str
    relation: Relation | None
    url: str


@dataclass(frozen=True, slots=True)
class SwitcherChoice:
    """An entry of the directory switcher that opens several tenants: all of them, or a group.

    `tid` is what stands in the address ("all", "group:night-shift"); `tile` is what stands in its tile
    ("All", "NS"); `count` how many tenants it opens, where that is known.
    """

    label: Label
    tid: str
    tile: Label
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Switcher:
    """The directory switcher: what is open now. What else can be is fetched from `url` when it is opened.

    `all_url` is the page of all directories.
    `has_several` is true where the viewer may enter more than one tenant; looked up if a page asks.
    """

    current: TenantBadge | SwitcherChoice | None
    url: str = ""
    all_url: str = ""
    has_several: object = False


@dataclass(frozen=True, slots=True)
class SwitcherMenu:
    """What the directory switcher offers. Tenants come recent first, or by name where one was looked for.

    `total` is how many tenants the viewer can enter, where that was counted; `is_cut` that more could be
    listed than are.
    """

    tenants: tuple[TenantBadge, ...]
    choices: tuple[SwitcherChoice, ...]
    total: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class StripeNote:
    """A sentence on the stripe, with a link beside it when something can be done about it."""

    text: Label
    link_label: Label = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Stripe:
    """The tenant stripe. For one tenant: its name, how the viewer belongs there and until when.

    `home_name` is the viewer's home tenant, named for guests; `ends_at` is when access ends (None: open
    ended); `hues` are the dots of several tenants; `notes` follow the title and `aside` stands at the far end
    when no end of access does.
    """

    kind: StripeKind
    title: Label
    hue: int | None = None
    initials: str = ""
    relation: Relation | None = None
    home_name: str = ""
    role_names: tuple[str, ...] = ()
    ends_at: datetime | None = None
    extend_url: str = ""
    hues: tuple[int, ...] = ()
    notes: tuple[StripeNote, ...] = ()
    aside: StripeNote | None = None


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the navigation. `key` is its stable name; `icon` is one of the sprite's."""

    key: str
    label: Label
    url: str
    icon: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class NavSection:
    """Entries that belong together; the first section has no title, the others carry the tenant's name."""

    title: Label | None
    items: tuple[NavItem, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, or whoever else is named with an avatar."""

    display_name: str
    email: str
    initials: str


@dataclass(frozen=True, slots=True)
class AccountMenu:
    """The menu under the avatar. An empty address leaves its entry out.

    The language form posts `language` and `next`, the theme form `theme` (system, light, dark) and `next`,
    signing out posts nothing.
    """

    person: Person
    security_url: str = ""
    language_url: str = ""
    theme_url: str = ""
    sign_out_url: str = ""
    theme: str = "system"


@dataclass(frozen=True, slots=True)
class InboxBell:
    """The bell in the top bar: where the inbox is, and how much in it was not read.

    More than `more_than` is shown as that many and a plus.
    """

    url: str
    unread: int
    more_than: int = 99
    current: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """All of it. `tid` is what the page's own links and forms carry on, "" for the home tenant."""

    tid: str
    tenant: TenantBadge | None
    stripe: Stripe
    switcher: Switcher
    navigation: tuple[NavSection, ...]
    account: AccountMenu
    search_url: str = "/incidents"
    inbox: "InboxBell | None" = None
    home_url: str = "/"
    jump_url: str = ""


def tenant_badge(
    tenant_id: object, display_name: str, relation: Relation | None = None, url: str = ""
) -> TenantBadge:
    """A badge with everything that follows from the id and the name."""
    text = str(tenant_id).lower()
    return TenantBadge(
        tenant_id=text,
        display_name=display_name,
        short_id=text[:SHORT_ID_LENGTH],
        hue=tenant_hue(text),
        initials=initials(display_name),
        relation=relation,
        url=url,
    )


def person(display_name: str, email: str = "") -> Person:
    """A person with the letters of their name, or of their address when they have no name."""
    return Person(display_name, email, person_initials(display_name or email.partition("@")[0]))
