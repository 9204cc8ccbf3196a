"""What a request asks of a list or an object, read and checked."""

from dataclasses import dataclass, field

from django.db.models import Q

from tidegate.core.paging import SortKey
from tidegate.odata.filter.tree import Condition


@dataclass(frozen=True, slots=True)
class Query:
    """All options at once. What was not given stands at what it means not to give it.

    `condition` narrows any queryset of the resource; an empty Q leaves it as it is. `sort_keys` fit
    `core.paging.take_page`, `order` fits `order_by`. `is_top_given` tells Graph's and Defender's paging
    apart from a limit. `select` is empty for all members. `search` and `skiptoken` are as they came.
    """

    condition: Q = field(default_factory=Q)
    filter: Condition | None = None
    sort_keys: tuple[SortKey, ...] = ()
    top: int = 0
    is_top_given: bool = False
    skip: int = 0
    count: bool = False
    select: tuple[str, ...] = ()
    expand: "tuple[Expansion, ...]" = ()
    search: str = ""
    skiptoken: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """The order in Django's words, stable: no two rows are equal in it."""
        return tuple(map(str, self.sort_keys))

    def expansion(self, name: str) -> "Expansion | None":
        """What was asked of a navigation property, if it is to be expanded."""
        return next((found for found in self.expand if found.name == name), None)


@dataclass(frozen=True, slots=True)
class Expansion:
    """A navigation property to be given with its object, and what was asked of it (section 5.1.3)."""

    name: str
    query: Query
