"""Rules over a tenant group: asked when something happens and when it is sent, and open to nobody more."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, days, import_all, join_as_guest
from tests.connectors.samples import graph_alert
from tests.customers.making import make_group, naming, put_tag
from tests.notifications.post_office import PostOffice, text_of
from tests.notifications.ruling import draft, let_manage_settings, make_rule, work
from tidegate.audit.models import AuditEvent
from tidegate.authorization.roles import BuiltInRole
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden, InvalidInput
from tidegate.customers.actions.tenant_groups import delete_tenant_group
from tidegate.customers.models import TenantGroup, TenantTag
from tidegate.customers.rules import GroupRule, Selection
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.users import remove_user
from tidegate.notifications import jobs
from tidegate.notifications.actions.rules import update_rule
from tidegate.notifications.actions.trying import preview_mail, send_test
from tidegate.notifications.drafting import draft_of
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.models import Delivery, InboxItem, NotificationRule
from tidegate.notifications.queries import get_rule, name_tenant_groups
from tidegate.notifications.tenant_groups import find_broken

pytestmark = pytest.mark.usefixtures("now")

BANKS = GroupRule(include=Selection(tags=frozenset({"Bank"})))


@pytest.fixture
def wide(cast: Cast) -> Cast:
    """The lead may enter all three tenants and manages settings at home, as the boss does, who may not."""
    for name in ("lead", "boss"):
        let_manage_settings(cast, name, cast.provider)
    scope = cast.enter("outsider", cast.other)
    user = join_as_guest(scope, cast.accounts["lead"], ends_at=NOW + days(30))
    assign_role(scope, cast.role(BuiltInRole.SECURITY_READER, cast.other).id, user_id=user.id)
    return cast


@pytest.fixture
def banks(wide: Cast) -> TenantGroup:
    """The customers with a tag, which the customer has."""
    put_tag(wide.provider, wide.customer, "Bank")
    return make_group(wide.provider, "Banks", BANKS)


def over(cast: Cast, group: TenantGroup, who: str = "lead", **changes: object) -> NotificationRule:
    scope = cast.enter(who, cast.provider)
    return make_rule(scope, reach="group", tenant_group_id=group.id, **changes)


def alert_everywhere(cast: Cast, name: str = "da1") -> None:
    for tenant in (cast.provider, cast.customer, cast.other):
        import_all(tenant, [graph_alert(id=name, title=f"At {tenant.display_name}")])


def told_of(office: PostOffice) -> list[str]:
    return sorted(str(mail["Subject"]).partition(": At ")[2] for mail in office.mails())


def test_a_rule_tells_of_what_its_group_takes_when_it_happens(
    wide: Cast, banks: TenantGroup, office: PostOffice
) -> None:
    over(wide, banks)
    alert_everywhere(wide)
    work()
    assert told_of(office) == ["Delta Mills"]
    put_tag(wide.provider, wide.other, "bank")
    TenantTag.rows.filter(about_tenant=wide.customer).delete()
    alert_everywhere(wide, "da2")
    work()
    assert told_of(office) == ["Delta Mills", "Polder Foods"]


def test_what_a_rule_leaves_out_is_left_out_of_its_group(
    wide: Cast, banks: TenantGroup, office: PostOffice
) -> None:
    put_tag(wide.provider, wide.other, "Bank")
    over(wide, banks, tenant_ids=[wide.other.id])
    alert_everywhere(wide)
    work()
    assert told_of(office) == ["Delta Mills"]


def test_a_group_lets_nobody_in(wide: Cast, office: PostOffice) -> None:
    """A shared group of all tenants tells its user of those alone that they may read at that instant."""
    everyone = make_group(wide.provider, "All", GroupRule(takes_all=True))
    over(wide, everyone, "boss")
    alert_everywhere(wide)
    work()
    assert told_of(office) == ["Harbour Watch"]
    over(wide, everyone, display_name="Of the lead")
    remove_user(wide.enter("admin"), wide.user("lead").id)
    alert_everywhere(wide, "da2")
    work()
    assert told_of(office) == ["Harbour Watch", "Harbour Watch", "Harbour Watch", "Polder Foods"]


def test_a_tenant_that_left_the_group_is_not_told_of_in_what_waited(
    wide: Cast, banks: TenantGroup, office: PostOffice
) -> None:
    rule = over(wide, banks)
    put_tag(wide.provider, wide.other, "Bank")
    over(
        wide,
        banks,
        display_name="Digest",
        cadence="every",
        digest_minutes=5,
        recipients=[RecipientDraft(email="lead@provider.example")],
    )
    office.on_recipient = lambda _: "451 Later"
    alert_everywhere(wide)
    with standing_at(NOW + timedelta(minutes=5)):
        work()
    TenantTag.rows.filter(about_tenant=wide.customer).delete()
    office.on_recipient = lambda _: "250 Taken"
    with standing_at(NOW + days(1)):
        work()
    assert told_of(office) == ["Polder Foods", "Polder Foods"]
    waited = Delivery.rows.filter(rule_id=rule.id, part_tenant_id=wide.customer.id).get()
    assert (waited.state, waited.suppressed_because) == ("suppressed", "rule_changed")


def test_a_group_of_others_reads_like_none(wide: Cast) -> None:
    home, lead = wide.provider, wide.enter("lead", wide.provider)
    private = make_group(home, "Secret", BANKS, wide.user("boss", home))
    foreign = make_group(wide.customer, "Theirs", BANKS)
    for group_id in (private.id, foreign.id, uuid.uuid4(), None):
        with pytest.raises(InvalidInput) as refusal:
            make_rule(lead, reach="group", tenant_group_id=group_id)
        assert refusal.value.fields == {"tenant_group_id": "must be a tenant group that you see"}
    assert not NotificationRule.rows.exists()
    let_manage_settings(wide, "lead")
    with pytest.raises(Forbidden):
        make_rule(wide.enter("lead"), reach="group", tenant_group_id=foreign.id)


def test_who_edits_a_rule_over_anothers_private_group_must_choose_their_own(wide: Cast) -> None:
    home = wide.provider
    private = make_group(home, "Secret", BANKS, wide.user("lead", home))
    rule, boss = over(wide, private), wide.enter("boss", home)
    kept = draft_of(boss, get_rule(boss, rule.id))
    with pytest.raises(InvalidInput):
        update_rule(boss, rule.id, kept)
    assert name_tenant_groups(boss, [rule]) == {}
    assert name_tenant_groups(wide.enter("lead", home), [rule]) == {private.id: "Secret"}
    rule.refresh_from_db()
    assert (rule.owner_account_id, rule.tenant_group_id) == (wide.accounts["lead"].id, private.id)


def test_a_rule_whose_group_was_deleted_tells_nothing_and_says_so(
    wide: Cast, banks: TenantGroup, office: PostOffice
) -> None:
    rule, lead = over(wide, banks), wide.enter("lead", wide.provider)
    over(wide, make_group(wide.provider, "All", GroupRule(takes_all=True)), display_name="Other")
    delete_tenant_group(wide.enter("boss", wide.provider), banks.id)
    import_all(wide.customer, [graph_alert()])
    work()
    rule.refresh_from_db()
    assert (rule.tenant_group_id, rule.silenced_at, rule.removed_at) == (None, NOW, None)
    assert find_broken(NotificationRule.rows.all()) == {rule.id}
    [news, told] = sorted(office.mails(), key=lambda mail: mail["To"])
    assert news["To"] == "lead@provider.example"
    assert str(news["Subject"]) == "Notification rule “Everything”: The rule’s tenant group was deleted"
    assert "The rule’s tenant group was deleted: Banks" in text_of(news)
    assert "until it is given another tenant group" in text_of(news, "html")
    assert "Delta Mills" in told["Subject"]
    event = AuditEvent.rows.get(tag="notification_rule.silenced")
    assert (event.tenant_id, event.result) == (wide.provider.id, "failure")

    assert preview_mail(lead, draft_of(lead, rule)).subject
    again = make_group(wide.provider, "Banks again", BANKS)
    update_rule(lead, rule.id, draft(reach="group", tenant_group_id=again.id))
    import_all(wide.customer, [graph_alert(id="da2", title="At Delta Mills")])
    work()
    assert told_of(office)[-2:] == ["Delta Mills", "Delta Mills"]


def test_a_test_is_sent_also_by_a_rule_that_is_not_about_its_own_tenant(
    wide: Cast, banks: TenantGroup, office: PostOffice
) -> None:
    lead = wide.enter("lead", wide.provider)
    rules = [
        over(wide, banks),
        make_rule(lead, display_name="Chosen", reach="chosen", tenant_ids=[wide.other.id]),
    ]
    for rule in rules:
        send_test(lead, rule.id)
    work()
    assert [str(mail["Subject"])[:6] for mail in office.mails()] == ["Test: "] * 2


def test_an_inbox_is_not_filled_by_an_escalation_of_what_the_group_takes_no_more(
    wide: Cast, banks: TenantGroup
) -> None:
    inbox = RecipientDraft(user_id=wide.user("lead", wide.provider).id, step=1)
    at_once = RecipientDraft(email="soc@customer.example")
    over(wide, banks, escalate_after=[15], recipients=[at_once, inbox])
    import_all(wide.customer, [graph_alert(severity="high")])
    import_all(wide.other, [graph_alert(severity="high")])
    put_tag(wide.provider, wide.other, "Bank")
    work()
    TenantTag.rows.filter(about_tenant=wide.customer).delete()
    with standing_at(NOW + timedelta(minutes=15)):
        work()
    assert list(InboxItem.rows.values_list("tenant_id", flat=True)) == [wide.other.id]


def test_what_happens_costs_the_same_for_one_rule_over_a_group_and_for_many(
    wide: Cast, office: PostOffice
) -> None:
    counts = []
    for number, more in enumerate((1, 4)):
        for one in range(more):
            group = make_group(wide.provider, f"{number} {one}", GroupRule(include=naming(wide.customer)))
            over(wide, group, display_name=f"{number} {one}")
        work()
        import_all(wide.customer, [graph_alert(id=f"{number}")])
        asked: list[int] = []
        for job in (jobs.tell_what_happened, jobs.send_mails):
            with CaptureQueriesContext(connection) as statements:
                job()
            asked.append(sum("UPDATE" not in one["sql"] for one in statements.captured_queries))
        counts.append(asked)
    assert len(office.taken) == 1 + 5
    # What each mail costs is that it is noted, within a transaction of its own.
    assert counts[1] == [counts[0][0], counts[0][1] + 4 * 2]
