"""What a change would open and close, for everybody in the tenant, before it is made.

The change itself runs, is looked at, and is undone: what is foreseen is what the very same action
does. Nothing of it stays, not its audit event either, and nothing is sent because of it.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from django.db import transaction

from tidegate.authorization.permissions import GRANTS, Permission, RolePermission
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.directory.models import User
from tidegate.directory.policy import lock_directory
from tidegate.gate.standings import Standing, Standings, count_elsewhere, read_standings

type Moves = Counter[tuple[uuid.UUID | None, uuid.UUID | None]]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one person gains, or what they lose.

    `lines` are those of the role table that say in words what `permissions` are. `device_groups` are
    names of groups that are there before and after; `devices` counts also those that move between them.
    `tenants` are others, which a member of this one enters only as long as it lets them in.
    """

    is_entry: bool = False
    tenants: int = 0
    permissions: frozenset[Permission] = frozenset()
    lines: tuple[RolePermission, ...] = ()
    device_groups: tuple[str, ...] = ()
    devices: int = 0

    def __bool__(self) -> bool:
        """Whether it is anything at all."""
        return bool(self.is_entry or self.tenants or self.permissions or self.device_groups or self.devices)


@dataclass(frozen=True, slots=True)
class PersonEffect:
    """One user for whom a change changes something."""

    user: User
    opens: Difference
    closes: Difference


@dataclass(frozen=True, slots=True)
class Move:
    """Devices that go from one device group to another; by their names before and after."""

    source: str
    target: str
    devices: int


@dataclass(frozen=True, slots=True)
class Effects:
    """Everybody for whom a change changes something at this instant, by name; and devices that move.

    Moves out of and into groups that are hidden from the actor are not told.
    """

    people: tuple[PersonEffect, ...] = ()
    moves: tuple[Move, ...] = ()
    may_be_named: bool = True

    @property
    def gaining(self) -> list[Difference]:
        """What is opened, one for each person who gains."""
        return [person.opens for person in self.people if person.opens]

    @property
    def losing(self) -> list[Difference]:
        """What is closed, one for each person who loses."""
        return [person.closes for person in self.people if person.closes]

    @property
    def named(self) -> tuple[PersonEffect, ...]:
        """The people, for who may read the list of users; nobody else learns who they are."""
        return self.people if self.may_be_named else ()


def foresee(scope: Scope, change: Callable[[], object]) -> Effects:
    """Run a change, compare what everybody may do before and after it, and undo it.

    One instant throughout, so that nothing that merely ends meanwhile is taken for an effect. What the
    change raises is raised.
    """
    at = clock.now()
    with clock.standing_at(at), transaction.atomic():
        lock_directory(scope)
        before = read_standings(scope, at)
        with transaction.atomic():
            change()
            after = read_standings(scope, at)
            moved = _find_moved(scope, before, after)
            later = count_elsewhere(scope, moved, at)
            transaction.set_rollback(True)
        earlier = count_elsewhere(scope, moved, at)
        transaction.set_rollback(True)
    gained = {account_id: later.get(account_id, 0) - earlier.get(account_id, 0) for account_id in moved}
    return Effects(
        tuple(_compare(before, after, gained)),
        tuple(_find_moves(before, after, scope.entry.sight.hidden_group_ids)),
        scope.allows(Permission.USER_READ),
    )


def _find_moved(scope: Scope, before: Standings, after: Standings) -> set[uuid.UUID]:
    """The accounts of members who enter only before a change or only after it.

    None for whoever may not see where their people enter.
    """
    if not scope.allows(Permission.COVERAGE_READ):
        return set()
    changed = before.people.keys() ^ after.people.keys()
    people = ({**before.people, **after.people}[user_id].user for user_id in changed)
    return {user.account_id for user in people if user.account_id and not user.is_guest}


def _compare(before: Standings, after: Standings, tenants: Mapping[uuid.UUID, int]) -> Iterator[PersonEffect]:
    """Those for whom it is not the same, by name; `tenants` are the others that accounts gain, or lose."""
    there, back = _count_moves(before, after), _count_moves(after, before)
    names = {group: name for group, name in after.device_groups.items() if group in before.device_groups}
    users = [one.user for one in {**before.people, **after.people}.values()]
    for user in sorted(users, key=lambda user: (user.display_name, user.id)):
        old, new = before.people.get(user.id), after.people.get(user.id)
        opens, closes = _gain(old, new, names, there), _gain(new, old, names, back)
        gained = tenants.get(user.account_id, 0) if user.account_id else 0
        opens, closes = replace(opens, tenants=max(0, gained)), replace(closes, tenants=max(0, -gained))
        if opens or closes:
            yield PersonEffect(user, opens, closes)


def _find_moves(before: Standings, after: Standings, hidden: Collection[uuid.UUID]) -> Iterator[Move]:
    """Devices that are in another group afterwards, the largest moves first."""
    for (source, target), count in _count_moves(before, after).most_common():
        if source and target and source != target and source not in hidden and target not in hidden:
            yield Move(before.device_groups[source], after.device_groups[target], count)


def _count_moves(first: Standings, second: Standings) -> Moves:
    """How many devices go from which group to which; most stay, from a group to itself."""
    devices = first.devices.keys() | second.devices.keys()
    return Counter((first.devices.get(device), second.devices.get(device)) for device in devices)


def _gain(
    old: Standing | None, new: Standing | None, names: Mapping[uuid.UUID, str], moves: Moves
) -> Difference:
    """What the second has that the first has not."""
    if new is None:
        return Difference()
    gained = new.permissions - (old.permissions if old else frozenset())
    seen = old.device_groups if old else frozenset()
    return Difference(
        is_entry=old is None,
        permissions=gained,
        lines=tuple(line for line in RolePermission if line in new.lines and GRANTS[line] & gained),
        device_groups=tuple(sorted(names[one] for one in new.device_groups - seen if one in names)),
        devices=sum(
            count for (source, to), count in moves.items() if to in new.device_groups and source not in seen
        ),
    )
