"""Who decides as a member's manager."""

import uuid

import pytest

from tests.cast import Cast
from tidegate.audit.models import AuditEvent
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.users import set_manager

pytestmark = pytest.mark.usefixtures("now")


def test_a_member_gets_and_loses_a_manager(cast: Cast) -> None:
    scope, member, admin = cast.enter("admin"), cast.user("member"), cast.user("admin")
    set_manager(scope, member.id, admin.id)
    assert cast.user("member").manager_id == admin.id
    set_manager(scope, member.id, None)
    assert cast.user("member").manager_id is None
    assert AuditEvent.rows.filter(tag="user.manager_changed").count() == 2


@pytest.mark.parametrize("who", ["member", "analyst"])
def test_a_manager_is_another_member(cast: Cast, who: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        set_manager(cast.enter("admin"), cast.user("member").id, cast.user(who).id)
    assert set(refused.value.fields) == {"manager"}


def test_a_guest_has_none_here(cast: Cast) -> None:
    with pytest.raises(Conflict):
        set_manager(cast.enter("admin"), cast.user("analyst").id, cast.user("admin").id)


def test_others_do_not_choose_managers(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        set_manager(cast.enter("reader"), cast.user("member").id, None)


def test_nobody_of_another_tenant_is_found(cast: Cast) -> None:
    stranger = cast.user("outsider", cast.other)
    for absent in (stranger.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            set_manager(cast.enter("admin"), cast.user("member").id, absent)
        with pytest.raises(NotFound):
            set_manager(cast.enter("admin"), absent, None)
    with pytest.raises(NotFound):
        set_manager(cast.enter("outsider", cast.other), cast.user("member").id, None)
