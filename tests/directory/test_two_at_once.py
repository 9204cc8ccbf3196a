"""Two changes of one directory at the same moment: each sees what the other did, or waits for it."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from tests.cast import NOW, make_cast
from tidegate.authorization.roles import BuiltInRole
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict
from tidegate.directory.actions.groups import add_member
from tidegate.directory.actions.invitations import invite_guest
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.users import remove_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[str]:
    """What became of each, in no order: "done" or the name of its error."""
    begin, results = threading.Barrier(len(calls)), []

    def work(call: Callable[[], object]) -> None:
        try:
            with standing_at(NOW):
                begin.wait(10)
                call()
            results.append("done")
        except Exception as error:  # noqa: BLE001  it is reported by the thread that waits
            results.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(results)


def test_two_administrators_who_remove_each_other_leave_one() -> None:
    with standing_at(NOW):
        cast = make_cast()
        one = cast.enter("admin")
        role = cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR)
        assign_role(one, role.id, user_id=cast.user("member").id)
        two = cast.enter("member")
        users = cast.user("admin").id, cast.user("member").id
    results = at_once(lambda: remove_user(one, users[1]), lambda: remove_user(two, users[0]))
    assert results == [Conflict.__name__, "done"]


def test_who_is_added_and_invited_twice_is_there_once() -> None:
    with standing_at(NOW):
        cast = make_cast()
        scope = cast.enter("admin")
        group, user = cast.group("Tier 2"), cast.user("member")
    assert at_once(*[lambda: add_member(scope, group.id, user.id)] * 2) == ["Conflict", "done"]
    invite = lambda: invite_guest(scope, email="new@nowhere.example")  # noqa: E731
    assert at_once(invite, invite) == ["Conflict", "done"]
