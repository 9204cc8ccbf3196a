"""No message carries another customer's name, and access that ended is silence."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import NOW, Cast, days, import_all, join_as_guest
from tests.connectors.samples import graph_alert
from tests.notifications.post_office import PostOffice, text_of
from tests.notifications.ruling import draft, let_manage_settings, work
from tidegate.authorization.roles import BuiltInRole
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden, InvalidInput
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.users import change_end, remove_user
from tidegate.directory.models import Tenant
from tidegate.notifications.actions.rules import create_rule
from tidegate.notifications.contents import Contents, NothingToTell
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.jobs import close_bundles, tell_what_happened
from tidegate.notifications.mails import write_told
from tidegate.notifications.models import Delivery, Notification, NotificationRule
from tidegate.notifications.owners import open_for
from tidegate.notifications.parts import write_part
from tidegate.notifications.queries import list_told_elsewhere, name_tenants

pytestmark = pytest.mark.usefixtures("now")

LEAD = "lead@provider.example"


@pytest.fixture
def wide(cast: Cast) -> Cast:
    """The lead manages settings at home and may also enter the third tenant."""
    let_manage_settings(cast, "lead", cast.provider)
    scope = cast.enter("outsider", cast.other)
    user = join_as_guest(scope, cast.accounts["lead"], ends_at=NOW + days(30))
    assign_role(scope, cast.role(BuiltInRole.SECURITY_READER, cast.other).id, user_id=user.id)
    return cast


def make_wide(cast: Cast, **changes: object) -> NotificationRule:
    return create_rule(cast.enter("lead", cast.provider), draft(reach="all", **changes))


def alert_everywhere(cast: Cast) -> None:
    for tenant in (cast.provider, cast.customer, cast.other):
        import_all(tenant, [graph_alert(title=f"At {tenant.display_name}")])


def names_in(text: str) -> set[str]:
    return {name for name in ("Harbour Watch", "Delta Mills", "Polder Foods") if name in text}


def test_a_wide_rule_tells_each_customer_apart(wide: Cast, office: PostOffice) -> None:
    make_wide(wide)
    alert_everywhere(wide)
    work()
    written = [f"{mail['Subject']}{text_of(mail)}{text_of(mail, 'html')}" for mail in office.mails()]
    assert sorted(map(sorted, map(names_in, written))) == [
        ["Delta Mills"],
        ["Harbour Watch"],
        ["Polder Foods"],
    ]


def test_a_wide_rule_leaves_out_what_it_excludes_and_keeps_to_what_it_chooses(
    wide: Cast, office: PostOffice
) -> None:
    make_wide(wide, tenant_ids=[wide.other.id, wide.provider.id])
    scope = wide.enter("lead", wide.provider)
    create_rule(scope, draft(display_name="Chosen", reach="chosen", tenant_ids=[wide.other.id]))
    alert_everywhere(wide)
    work()
    assert sorted(mail["Subject"] for mail in office.mails()) == [
        "[Medium] Delta Mills: At Delta Mills",
        "[Medium] Polder Foods: At Polder Foods",
    ]


def test_tenants_that_one_may_not_enter_cannot_be_chosen_and_read_like_none(wide: Cast) -> None:
    scope = wide.enter("boss", wide.provider)
    let_manage_settings(wide, "boss", wide.provider)
    with pytest.raises(InvalidInput) as refusal:
        create_rule(wide.enter("boss", wide.provider), draft(reach="chosen", tenant_ids=[wide.customer.id]))
    assert list(refusal.value.fields) == ["tenant_ids"]
    assert scope.tenant_id == wide.provider.id


def test_a_guest_makes_no_wide_rule_at_a_customer(wide: Cast) -> None:
    let_manage_settings(wide, "lead")
    with pytest.raises(Forbidden):
        create_rule(wide.enter("lead"), draft(reach="all"))


@pytest.mark.parametrize("reach", ["tenant", "all"])
def test_access_that_ended_is_silence_from_that_second(wide: Cast, office: PostOffice, reach: str) -> None:
    let_manage_settings(wide, "lead")
    place = wide.customer if reach == "tenant" else wide.provider
    create_rule(wide.enter("lead", place), draft(reach=reach))
    end = NOW + timedelta(hours=1)
    change_end(wide.enter("admin"), wide.user("lead").id, ends_at=end)
    with standing_at(end - timedelta(seconds=1)):
        import_all(wide.customer, [graph_alert(id="before")])
        work()
    assert len(office.taken) == 1
    with standing_at(end):
        import_all(wide.customer, [graph_alert(id="after")])
        work()
    assert len(office.taken) == 1


def test_what_waits_to_be_sent_is_silent_too_when_access_has_ended(wide: Cast, office: PostOffice) -> None:
    make_wide(wide)
    office.on_recipient = lambda _: "451 Later"
    import_all(wide.customer, [graph_alert()])
    work()
    office.on_recipient = lambda _: "250 Taken"
    remove_user(wide.enter("admin"), wide.user("lead").id)
    with standing_at(NOW + days(1)):
        work()
    assert office.taken == []
    delivery = Delivery.rows.get()
    assert (delivery.state, delivery.suppressed_because) == ("suppressed", "owner_left")


def test_a_digest_for_a_reader_of_several_tenants_keeps_each_under_its_name(
    wide: Cast, office: PostOffice
) -> None:
    make_wide(
        wide,
        cadence="every",
        digest_minutes=5,
        includes_organization_name=False,
        recipients=[RecipientDraft(email=LEAD)],
    )
    alert_everywhere(wide)
    work()
    assert office.taken == []
    with standing_at(NOW + timedelta(minutes=5)):
        work()
    [mail] = office.mails()
    assert mail["Subject"] == "3 alerts in 3 organizations"
    sections = re.split(r"^(Delta Mills|Harbour Watch|Polder Foods)$", text_of(mail), flags=re.MULTILINE)[1:]
    for name, section in zip(sections[::2], sections[1::2], strict=True):
        tenant = next(t for t in (wide.provider, wide.customer, wide.other) if t.display_name == name)
        assert f"At {name}" in section
        assert re.findall(r"tid=([0-9a-f-]+)", section) == [str(tenant.id)]


def test_a_digest_for_an_address_of_which_nothing_is_known_is_one_mail_a_tenant(
    wide: Cast, office: PostOffice
) -> None:
    make_wide(wide, cadence="every", digest_minutes=5)
    alert_everywhere(wide)
    work()
    with standing_at(NOW + timedelta(minutes=5)):
        work()
    assert len(office.taken) == 3
    assert all(len(names_in(f"{mail['Subject']}{text_of(mail)}")) == 1 for mail in office.mails())


def test_a_reader_who_left_a_tenant_is_not_told_of_it_in_a_digest_that_waited(
    wide: Cast, office: PostOffice
) -> None:
    make_wide(wide, cadence="every", digest_minutes=5, recipients=[RecipientDraft(email=LEAD)])
    alert_everywhere(wide)
    work()
    office.on_recipient = lambda _: "451 Later"
    with standing_at(NOW + timedelta(minutes=5)):
        work()
    remove_user(wide.enter("admin"), wide.user("lead").id)
    office.on_recipient = lambda _: "250 Taken"
    with standing_at(NOW + timedelta(hours=1)):
        work()
    [mail] = office.mails()
    assert names_in(f"{mail['Subject']}{text_of(mail)}") == {"Harbour Watch", "Polder Foods"}


def test_a_customer_sees_what_others_were_told_of_it_and_a_provider_names_only_whom_it_may_enter(
    wide: Cast, office: PostOffice
) -> None:
    make_wide(wide)
    alert_everywhere(wide)
    work()
    assert [one.rule_tenant_id for one in list_told_elsewhere(wide.enter("admin"))] == [wide.provider.id]
    with pytest.raises(Forbidden):
        list_told_elsewhere(wide.enter("member"))
    let_manage_settings(wide, "boss", wide.provider)
    ids = list(Delivery.rows.values_list("part_tenant_id", flat=True))
    everywhere = {wide.provider.id, wide.customer.id, wide.other.id}
    assert set(name_tenants(wide.enter("lead", wide.provider), ids)) == everywhere
    assert set(name_tenants(wide.enter("boss", wide.provider), ids)) == {wide.provider.id}


def test_a_part_refuses_another_tenants_notification(wide: Cast, office: PostOffice) -> None:
    rule = make_wide(wide)
    alert_everywhere(wide)
    work()
    scope = open_for(wide.accounts["lead"], rule.about, wide.customer.id)
    assert scope is not None
    with pytest.raises(ValueError, match="one tenant"):
        write_part(scope, rule, Notification.rows.all())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    counts=st.tuples(*[st.integers(0, 3)] * 3),
    enterable=st.sets(st.sampled_from(["customer", "other"])),
    single=st.booleans(),
)
def test_whatever_is_told_each_item_stands_under_its_own_tenant(
    wide: Cast, *, counts: tuple[int, int, int], enterable: set[str], single: bool
) -> None:
    tenants: list[Tenant] = [wide.provider, wide.customer, wide.other]
    with transaction.atomic():
        make_wide(
            wide,
            cadence="immediately" if single else "every",
            digest_minutes=None if single else 5,
            recipients=[RecipientDraft(email=LEAD), RecipientDraft(email="who@nowhere.example")],
        )
        for tenant, count in zip(tenants, counts, strict=True):
            import_all(tenant, [graph_alert(id=f"{n}", title=f"At {tenant.id}") for n in range(count)])
        while tell_what_happened():
            pass
        for name, tenant, boss in (("customer", wide.customer, "admin"), ("other", wide.other, "outsider")):
            if name not in enterable:
                remove_user(wide.enter(boss, tenant), wide.user("lead", tenant).id)
        with standing_at(NOW + timedelta(minutes=5)):
            while close_bundles():
                pass
            _check_all(wide, enterable)
        transaction.set_rollback(True)


def _check_all(cast: Cast, enterable: set[str]) -> None:
    allowed = {cast.provider.id} | {
        tenant.id
        for name, tenant in (("customer", cast.customer), ("other", cast.other))
        if name in enterable
    }
    deliveries = list(Delivery.rows.select_related("account"))
    contents = Contents(deliveries)
    for delivery in deliveries:
        rule = contents.rule_of(delivery)
        try:
            told = contents.tell(delivery, rule)
        except NothingToTell:
            continue
        assert {part.tenant_id for part in told.parts} <= allowed
        assert len(told.parts) == 1 or delivery.email == LEAD
        for part in told.parts:
            assert {item.title for item in part.items} == {f"At {part.tenant_id}"}
            assert all(f"tid={part.tenant_id}" in item.alert_link for item in part.items)
        mail = write_told(delivery, rule, told, "Portal <portal@tidegate.example>")
        mentioned = set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", f"{mail.subject}{mail.text}{mail.html}"))
        assert mentioned == {str(part.tenant_id) for part in told.parts}
