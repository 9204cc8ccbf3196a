"""Broken glass: the customer told at once, a write-up owed, written, seen."""

from datetime import timedelta
from typing import Final

import pytest

from tests.cast import NOW, Cast, scope_with
from tests.entitlements.offering import connect, give_group, make_package, make_policy
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import Tenant
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.actions.requests import give_up, request_access
from tidegate.entitlements.actions.write_ups import acknowledge_write_up, submit_write_up
from tidegate.entitlements.models import Assignment, AssignmentPolicy, Notice, WriteUp
from tidegate.entitlements.rules import BREAK_GLASS, Approver, ExpirationRule, StageRule
from tidegate.entitlements.words import ApproverKind, ExpirationType
from tidegate.entitlements.writing_up import get_opening, get_own_write_up, list_openings, owed_by, read_alarm
from tidegate.gate.opening import open as open_gate

pytestmark = pytest.mark.usefixtures("now")

END: Final = NOW + BREAK_GLASS
TEXT: Final = "We saw ransomware start on four devices at 02:14 and isolated them all."


def offer_glass(cast: Cast) -> AssignmentPolicy:
    """An emergency package of the customer for the provider's people: one colleague, one hour."""
    package = make_package(cast.customer, "Emergency", is_break_glass=True)
    give_group(package, cast.group("Tier 2"))
    colleague = StageRule((Approver(ApproverKind.COLLEAGUE),), is_justification_required=False)
    return make_policy(
        package,
        stages=(colleague,),
        expiration=ExpirationRule(ExpirationType.AFTER_DURATION, BREAK_GLASS),
        organization=connect(cast.customer, cast.provider),
    )


def break_glass(cast: Cast, policy: AssignmentPolicy | None = None) -> Assignment:
    """The provider's boss goes in, and their analyst confirms it."""
    made = policy or offer_glass(cast)
    request = request_access(
        cast.actor("boss"), made.tenant_id, made.package_id, made.id, justification="Ransomware"
    )
    decide(cast.actor("analyst"), made.tenant_id, request.id, approves=True)
    return Assignment.objects.of_tenant(made.tenant_id).get(
        package_id=made.package_id, starts_at=request.created_at
    )


def write(cast: Cast, held: Assignment, name: str = "boss", text: str = TEXT) -> WriteUp:
    return submit_write_up(cast.actor(name), held.tenant_id, held.id, text=text)


def set_contact(cast: Cast, email: str) -> None:
    Tenant.objects.filter(id=cast.customer.id).update(technical_contact=email)


def test_the_customer_is_told_at_once(cast: Cast) -> None:
    set_contact(cast, "soc@customer.example")
    held = break_glass(cast)
    rows = Notice.objects.of_tenant(cast.customer.id).filter(kind="break_glass_opened")
    assert set(rows.values_list("email", flat=True)) == {"admin@customer.example", "soc@customer.example"}
    values = rows.first().values  # type: ignore[union-attr]
    assert (values["person"], values["justification"], values["confirmed_by"]) == (
        "Boss",
        "Ransomware",
        "Analyst",
    )
    event = AuditEvent.objects.of_tenant(cast.customer.id).get(tag="break_glass.opened")
    assert (event.target_id, '"confirmed_by": "Analyst"' in event.details) == (str(held.id), True)


def test_a_write_up_is_owed_a_day_after_the_end(cast: Cast) -> None:
    held = break_glass(cast)
    account_id = cast.accounts["boss"].id
    assert list(owed_by(account_id)) == []
    with standing_at(END):
        (owed,) = owed_by(account_id)
    assert (owed.assignment_id, owed.due_at, owed.confirmed_by_name) == (
        held.id,
        END + timedelta(hours=24),
        "Analyst",
    )


def test_its_holder_writes_after_the_end_though_they_cannot_enter_any_more(cast: Cast) -> None:
    held = break_glass(cast)
    with pytest.raises(Conflict, match="has not ended"):
        write(cast, held)
    with standing_at(END):
        with pytest.raises(NotFound):
            open_gate(cast.actor("boss"), str(cast.customer.id))
        written = write(cast, held)
        assert list(owed_by(cast.accounts["boss"].id)) == []
        with pytest.raises(Conflict, match="submitted already"):
            write(cast, held)
    assert (written.text, written.written_at) == (TEXT, END)
    kinds = Notice.objects.of_tenant(cast.customer.id).values_list("kind", flat=True)
    assert "write_up_written" in kinds


def test_nobody_else_writes_it(cast: Cast) -> None:
    held = break_glass(cast)
    with standing_at(END):
        for name in ("analyst", "lead", "admin", "outsider", "stranger"):
            with pytest.raises(NotFound):
                write(cast, held, name)
        with pytest.raises(NotFound):
            submit_write_up(cast.actor("boss"), cast.other.id, held.id, text=TEXT)
        with pytest.raises(NotFound):
            get_own_write_up(cast.actor("analyst"), held.tenant_id, held.id)


@pytest.mark.parametrize("text", ["", "x" * 39, " " * 60, "x" * 20_001, "a\0" + "b" * 60])
def test_words_that_say_nothing_are_named(cast: Cast, text: str) -> None:
    held = break_glass(cast)
    with standing_at(END), pytest.raises(InvalidInput) as refused:
        write(cast, held, text=text)
    assert list(refused.value.fields) == ["text"]


def test_nothing_more_is_asked_for_while_one_is_owed(cast: Cast) -> None:
    policy = offer_glass(cast)
    held = break_glass(cast, policy)
    with standing_at(END):
        with pytest.raises(Conflict, match="write-up"):
            break_glass(cast, policy)
        write(cast, held)
        assert break_glass(cast, policy).starts_at == END


def test_the_customers_administrator_takes_note_once(cast: Cast) -> None:
    held = break_glass(cast)
    with standing_at(END):
        admin = cast.enter("admin")
        with pytest.raises(Conflict, match="Nothing is written"):
            acknowledge_write_up(admin, held.id)
        write(cast, held)
        seen = acknowledge_write_up(admin, held.id)
        with pytest.raises(Conflict, match="seen already"):
            acknowledge_write_up(admin, held.id)
    assert (seen.seen_by, seen.seen_at) == ("Admin", END)


def test_guests_readers_and_outsiders_take_no_note(cast: Cast) -> None:
    held = break_glass(cast)
    assign_role(cast.enter("admin"), cast.role("Global Administrator").id, user_id=cast.user("lead").id)
    with standing_at(END):
        write(cast, held)
        for name in ("lead", "reader", "member"):
            with pytest.raises(Forbidden):
                acknowledge_write_up(cast.enter(name), held.id)
        with pytest.raises(NotFound):
            acknowledge_write_up(cast.enter("outsider", cast.other), held.id)
        with pytest.raises(Forbidden):
            acknowledge_write_up(scope_with(cast.customer, Permission.ENTITLEMENT_MANAGE), held.id)


def test_the_alarm_stands_until_everything_was_seen(cast: Cast) -> None:
    admin = cast.enter("admin")
    assert read_alarm(admin) is None
    held = break_glass(cast)
    alarm = read_alarm(admin)
    assert alarm is not None
    assert ([row.assignment_id for row in alarm.open_now], alarm.awaited, alarm.unseen) == ([held.id], 0, 0)
    with standing_at(END):
        alarm = read_alarm(admin)
        assert alarm is not None
        assert (alarm.open_now, alarm.awaited, alarm.unseen) == ((), 1, 0)
        write(cast, held)
        alarm = read_alarm(admin)
        assert alarm is not None
        assert (alarm.awaited, alarm.unseen) == (0, 1)
        acknowledge_write_up(admin, held.id)
        assert read_alarm(admin) is None


def test_only_readers_of_access_see_the_openings(cast: Cast) -> None:
    held = break_glass(cast)
    assert [row.assignment_id for row in list_openings(cast.enter("reader"))] == [held.id]
    assert list(list_openings(cast.enter("outsider", cast.other))) == []
    with pytest.raises(NotFound):
        get_opening(cast.enter("outsider", cast.other), held.id)
    with pytest.raises(Forbidden):
        list_openings(cast.enter("lead"))
    assert read_alarm(cast.enter("lead")) is None
    assert read_alarm(cast.enter("outsider", cast.other)) is None


def test_given_up_early_it_is_owed_at_once(cast: Cast) -> None:
    held = break_glass(cast)
    with standing_at(NOW + timedelta(minutes=10)):
        give_up(cast.actor("boss"), held.tenant_id, held.id)
        assert [row.assignment_id for row in owed_by(cast.accounts["boss"].id)] == [held.id]
        assert write(cast, held).written_at == NOW + timedelta(minutes=10)
