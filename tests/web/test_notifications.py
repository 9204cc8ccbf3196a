"""Notification rules on their pages: made, looked at, tried, copied; refused to whoever may not."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.customers.making import make_group
from tests.notifications.ruling import let_manage_settings, make_rule
from tests.web.conftest import Visitor, text_of
from tidegate.customers.rules import GroupRule
from tidegate.devices.actions.device_access import set_device_group_access
from tidegate.devices.actions.device_groups import create_device_group
from tidegate.devices.words import RemediationLevel
from tidegate.notifications.drafting import draft_of
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.models import Delivery, NotificationRule
from tidegate.notifications.queries import find_rule_by_name, list_rules
from tidegate.web import notification_rules

type Visiting = Callable[..., Visitor]

FORM = {
    "display_name": "High at night",
    "about": "alerts",
    "severities": ["4"],
    "cadence": "immediately",
    "time_zone": "Europe/Amsterdam",
    "includes_organization_name": "on",
    "includes_tenant_link": "on",
    "rows": "2",
    "to0-to": "mail",
    "to0-email": "soc@customer.example",
    "to0-step": "0",
    "to1-to": "mail",
    "to1-email": "",
    "to1-step": "0",
}


def test_rule_is_made_changed_paused_and_deleted(visit: Visiting, cast: Cast) -> None:
    admin, scope = visit("admin"), cast.enter("admin")
    admin.post("/notifications/create", {**FORM, "reach": "tenant"})
    rule = find_rule_by_name(scope, "High at night")
    assert rule is not None
    assert (rule.severities, rule.includes_devices, rule.time_zone) == ([4], False, "Europe/Amsterdam")
    assert draft_of(scope, rule).recipients == [RecipientDraft(email="soc@customer.example")]
    one = f"/notifications/{rule.id}"
    assert "High at night Active Alerts, High soc@customer.example" in text_of(admin.get("/notifications"))

    later = {"quiet_from": "22:00", "quiet_until": "07:00", "escalate_after": "15", "reach": "tenant"}
    steps = {"to1-email": "boss@customer.example", "to1-step": "1", "version": "1"}
    admin.post(f"{one}/edit", {**FORM, **later, **steps})
    shown = text_of(admin.get(one))
    assert "Quiet from 22:00 to 07:00" in shown
    assert "After 15 minutes in which nobody took it up boss@customer.example" in shown

    admin.post(f"{one}/pause")
    assert "Paused by Admin." in text_of(admin.get(one))
    admin.post(f"{one}/resume")
    asked = text_of(admin.get(f"{one}/remove"))
    assert "Nobody is told under High at night of Delta Mills any more." in asked
    admin.post(f"{one}/remove")
    assert admin.get(one).status_code == 404
    assert not list_rules(scope).exists()


def test_form_keeps_what_was_typed_while_recipients_are_added(visit: Visiting, cast: Cast) -> None:
    page = visit("admin").post("/notifications/create", {**FORM, "display_name": "", "do": "add"})
    assert (page.status_code, len(page.context["form"].rows)) == (200, 4)
    assert b'value="soc@customer.example"' in page.content
    assert b"Nothing was changed" not in page.content
    assert not list_rules(cast.enter("admin")).exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"to0-email": ""}, "recipients must be 1 to 100"),
        ({"to0-email": "nobody"}, "recipients must be an address"),
        ({"to0-to": "user:0195a3c0-0000-7000-8000-000000000000"}, "A recipient is not one that this page"),
        ({"to0-to": "elsewhere"}, "A recipient is not one that this page"),
        ({"device_group_ids": ["0195a3c0-0000-7000-8000-000000000000"]}, "is not one of the available"),
        ({"severities": ["9"]}, "is not one of the available choices"),
        ({"time_zone": "Mars/Olympus"}, "must be a time zone"),
        ({"cadence": "daily"}, "must be a time of the day"),
        ({"escalate_after": "soon"}, "must be whole numbers of minutes"),
        ({"escalate_after": "15"}, "recipients must be at least one in each step"),
        ({"rows": "x"}, "recipients must be 1 to 100"),
        ({"display_name": ""}, "This field is required"),
    ],
)
def test_wrong_rule_is_refused_beside_its_field(
    visit: Visiting, cast: Cast, wrong: dict[str, Any], says: str
) -> None:
    answer = visit("admin").post("/notifications/create", {**FORM, "reach": "tenant", **wrong})
    assert answer.status_code == 400
    assert says in text_of(answer)
    assert not list_rules(cast.enter("admin")).exists()


def test_rule_that_somebody_else_changed_is_not_overwritten(visit: Visiting, cast: Cast) -> None:
    rule = make_rule(cast.enter("admin"))
    answer = visit("admin").post(
        f"/notifications/{rule.id}/edit", {**FORM, "reach": "tenant", "version": "7"}
    )
    assert answer.status_code == 400
    assert "Somebody changed this rule since you opened it" in text_of(answer)


def test_preview_shows_the_mail_in_a_sandbox_and_writes_nothing(visit: Visiting, cast: Cast) -> None:
    admin = visit("admin")
    page = admin.post("/notifications/create", {**FORM, "reach": "tenant", "preview": "1", "language": "nl"})
    assert (page.status_code, list_rules(cast.enter("admin")).count()) == (200, 0)
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "Delta Mills" in page.context["preview"].subject

    mail = admin.client.get(page.context["preview_url"])
    assert mail.content.startswith(b"<!DOCTYPE html>")
    assert b'lang="nl"' in mail.content
    policy = mail.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
    assert "script" not in policy.replace("sandbox", "")
    assert mail.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src" not in admin.get("/notifications").headers["Content-Security-Policy"]
    assert admin.get("/notifications/mail", about="everything", time_zone="UTC").status_code == 400


def test_test_is_sent_to_the_address_or_to_everybody(visit: Visiting, cast: Cast) -> None:
    rule, admin = make_rule(cast.enter("admin")), visit("admin")
    for typed in ({"email": "me@customer.example"}, {"everybody": "1"}, {"email": ""}, {"email": "nobody"}):
        admin.post(f"/notifications/{rule.id}/test", typed)
    sent = Delivery.objects.of_tenant(cast.customer.id).order_by("created_at", "id")
    assert [one.email for one in sent] == ["me@customer.example", "soc@customer.example"]
    assert "me@customer.example" in text_of(admin.get("/notifications/deliveries"))


def test_rule_is_copied_to_tenants_that_one_may_manage(visit: Visiting, cast: Cast) -> None:
    let_manage_settings(cast, "lead")
    let_manage_settings(cast, "lead", cast.provider)
    rule, lead = make_rule(cast.enter("lead")), visit("lead")
    page = lead.get(f"/notifications/{rule.id}/copy")
    assert [name for _id, name in page.context["targets"]] == [cast.provider.display_name]
    done = lead.post(f"/notifications/{rule.id}/copy", {"tenant_ids": [str(cast.provider.id)]})
    assert f"Copied {cast.provider.display_name}" in text_of(done)
    for foreign in (cast.other, cast.customer):
        answer = lead.post(f"/notifications/{rule.id}/copy", {"tenant_ids": [str(foreign.id)]})
        assert answer.status_code == 400


PAGES = ("", "/create", "/deliveries", "/channels", "/channels/webhook", "/channels/chat", "/rotas")


@pytest.mark.parametrize(
    ("name", "status"),
    [("admin", 200), ("lead", 200), ("member", 403), ("analyst", 403), ("helper", 403), ("outsider", 404)],
)
def test_pages_are_for_who_manages_security_settings(
    visit: Visiting, cast: Cast, name: str, status: int
) -> None:
    let_manage_settings(cast, "lead")
    rule, visitor = make_rule(cast.enter("admin")), visit(name)
    ends = (*PAGES, "/rotas/create", "/suppressed", f"/{rule.id}", f"/{rule.id}/edit", f"/{rule.id}/copy")
    found = {end: visitor.get(f"/notifications{end}").status_code for end in ends}
    assert found == dict.fromkeys(ends, status)
    if status != 200:
        done = {
            end: visitor.post(f"/notifications/{rule.id}/{end}").status_code for end in ("pause", "remove")
        }
        assert set(done.values()) == {status}


def test_rule_of_another_tenant_is_not_there(visit: Visiting, cast: Cast) -> None:
    rule, outsider = make_rule(cast.enter("admin")), visit("outsider", cast.other)
    for end in ("", "/edit", "/copy", "/remove"):
        assert outsider.get(f"/notifications/{rule.id}{end}").status_code == 404
    for end in ("/edit", "/copy", "/remove", "/pause", "/resume", "/test"):
        assert (
            outsider.post(f"/notifications/{rule.id}{end}", {**FORM, "email": "x@other.example"}).status_code
            == 404
        )
    assert outsider.get("/notifications/deliveries", rule=str(rule.id)).status_code == 404
    assert NotificationRule.objects.of_tenant(cast.customer.id).get().paused_at is None


def test_hidden_device_group_is_neither_offered_nor_named(visit: Visiting, cast: Cast) -> None:
    admin = cast.enter("admin")
    secret = create_device_group(
        admin, display_name="Board room", description="", remediation_level=RemediationLevel.NONE, rules=()
    )
    set_device_group_access(admin, secret.id, group_ids=[], is_restricted=True)
    let_manage_settings(cast, "lead")
    rule, lead = make_rule(admin, device_group_ids=[secret.id]), visit("lead")
    assert "Board room" in text_of(visit("admin").get(f"/notifications/{rule.id}"))
    pages = [
        lead.get("/notifications"),
        lead.get(f"/notifications/{rule.id}"),
        lead.get("/notifications/create"),
    ]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not [page for page in pages if "Board room" in text_of(page)]
    assert "1 that you do not see" in text_of(pages[1])
    assert lead.get(f"/notifications/{rule.id}/edit").status_code == 403


def test_guest_makes_rules_of_this_tenant_alone_and_is_offered_no_other_people(
    visit: Visiting, cast: Cast
) -> None:
    let_manage_settings(cast, "lead")
    page = visit("lead").get("/notifications/create")
    assert not {"reach", "tenant_group_id", "tenant_ids"} & set(page.context["form"].fields)
    assert "Inbox of Lead" in text_of(page)
    assert "Inbox of Admin" not in text_of(page)
    rows = visit("admin").get("/audit", tag="notification").context["rows"]
    assert rows == []
    visit("lead").get("/notifications")
    rows = visit("admin").get("/audit", tag="notification_rules.").context["rows"]
    assert {row.event.actor_name for row in rows} == {"Lead"}


def test_home_rule_reaches_chosen_customers(visit: Visiting, cast: Cast) -> None:
    let_manage_settings(cast, "lead", cast.provider)
    lead = visit("lead", cast.provider)
    chosen = {"reach": "chosen", "tenant_ids": [str(cast.customer.id)]}
    lead.post("/notifications/create", {**FORM, **chosen})
    rule = find_rule_by_name(cast.enter("lead", cast.provider), "High at night")
    assert rule is not None
    assert "Delta Mills" in text_of(lead.get(f"/notifications/{rule.id}"))
    refused = lead.post(
        "/notifications/create", {**FORM, "reach": "chosen", "tenant_ids": [str(cast.other.id)]}
    )
    assert refused.status_code == 400


def test_home_rule_is_over_a_tenant_group_which_stays_unknown_to_others(visit: Visiting, cast: Cast) -> None:
    for name in ("lead", "boss"):
        let_manage_settings(cast, name, cast.provider)
    lead, boss = visit("lead", cast.provider), visit("boss", cast.provider)
    takes_all = GroupRule(takes_all=True)
    make_group(cast.provider, "Shared <b>", takes_all)
    mine = make_group(cast.provider, "Night watch", takes_all, cast.user("lead", cast.provider))
    assert "Night watch (only yours)" in text_of(lead.get("/notifications/create"))
    over = {"reach": "group", "tenant_group_id": str(mine.id), "tenant_ids": [str(cast.customer.id)]}
    lead.post("/notifications/create", {**FORM, **over})
    rule = find_rule_by_name(cast.enter("lead", cast.provider), "High at night")
    assert rule is not None
    one = f"/notifications/{rule.id}"
    assert "High at night Active Alerts, High, Tenant group Night watch" in text_of(
        lead.get("/notifications")
    )
    everywhere = Visitor(lead.client, "all")
    assert "Alerts, High, Tenant group Night watch" in text_of(everywhere.get("/notifications"))
    shown = lead.get(one)
    assert "Tenant group Night watch Left out Delta Mills" in text_of(shown)
    assert f'href="/tenant-groups/{mine.id}?tid={cast.provider.id}"' in shown.content.decode()

    assert "Alerts, High, A tenant group" in text_of(Visitor(boss.client, "all").get("/notifications"))
    for page in ("/notifications", "/notifications/create", one, f"{one}/edit"):
        answer = boss.get(page)
        assert answer.status_code == 200
        assert "Night watch" not in text_of(answer)
    assert "Tenant group one that you do not see" in text_of(boss.get(one))
    for path in ("/notifications/create", f"{one}/edit"):
        refused = boss.post(path, {**FORM, **over, "display_name": "Curious"})
        assert (refused.status_code, "Night watch" in text_of(refused)) == (400, False)
    assert "its owner is told so" in text_of(lead.get(f"/tenant-groups/{mine.id}/delete"))
    lead.post(f"/tenant-groups/{mine.id}/delete")
    assert "Silent: its tenant group is not there any more" in text_of(lead.get("/notifications"))
    assert "Edit the rule and choose another." in text_of(lead.get(one))
    assert lead.get(f"{one}/edit").status_code == 200


def test_of_very_many_organizations_the_first_are_listed_and_those_that_are_chosen(
    visit: Visiting, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notification_rules, "OFFERED_AT_MOST", 1)
    let_manage_settings(cast, "lead", cast.provider)
    lead = visit("lead", cast.provider)
    page = lead.get("/notifications/create")
    first = [(str(cast.customer.id), "Delta Mills")]
    assert page.context["form"].fields["tenant_ids"].choices == first
    assert "a tenant group holds any number" in text_of(page)
    home = cast.provider
    rule = make_rule(cast.enter("lead", home), reach="chosen", tenant_ids=[home.id])
    page = lead.get(f"/notifications/{rule.id}/edit")
    assert page.context["form"].fields["tenant_ids"].choices == [*first, (str(home.id), "Harbour Watch")]


def test_statements_do_not_grow_with_rules(visit: Visiting, cast: Cast) -> None:
    scope, admin = cast.enter("admin"), visit("admin")
    counts = []
    for number in range(2):
        for more in range(1 + 2 * number):
            rule = make_rule(scope, display_name=f"Rule {number} {more}")
            admin.post(f"/notifications/{rule.id}/test", {"everybody": "1"})
        for page in ("/notifications", "/notifications/deliveries"):
            admin.get(page)
            with CaptureQueriesContext(connection) as asked:
                admin.get(page)
            counts.append(len(asked))
    assert len(list_rules(scope)) == 4
    assert counts[:2] == counts[2:]


def test_a_time_zone_is_found_among_those_that_there_are(visit: Visiting, cast: Cast) -> None:
    page = visit("admin").get("/notifications/create").content.decode()
    assert re.search(r'<input[^>]* name="time_zone"[^>]* list="id_time_zone-zones"', page)
    assert '<datalist id="id_time_zone-zones">' in page
    assert '<option value="Europe/Amsterdam">' in page
    assert '<option value="Etc/GMT+5">' not in page


@pytest.mark.parametrize(("who", "is_there"), [("reader", True), ("admin", False), ("analyst", False)])
def test_what_was_told_elsewhere_is_found_by_who_only_reads_the_audit_log(
    visit: Visiting, cast: Cast, who: str, *, is_there: bool
) -> None:
    visitor = visit(who)
    page = visitor.get("/properties").content.decode()
    link = f'href="/notifications/elsewhere?tid={cast.customer.id}"'
    assert (link in page) == is_there
    if is_there:
        opened = visitor.get("/notifications/elsewhere").content.decode()
        assert re.search(rf'<a[^>]*{re.escape(link)}[^>]*aria-current="page"', opened)


def test_a_rule_about_programs_is_made_on_the_page(visit: Visiting, cast: Cast) -> None:
    admin = visit("admin")
    made = admin.post("/notifications/create", {**FORM, "reach": "tenant", "about": "programs"})
    rule = NotificationRule.rows.get()
    assert made.status_code == 302
    assert (rule.about, rule.severities) == ("programs", [])
    words = text_of(admin.get(f"/notifications/{rule.id}"))
    assert "Programs that fall behind, credentials and consents that end" in words
    assert "SIEM fell behind in fetching" in words
    refused = admin.post(
        "/notifications/create", {**FORM, "reach": "tenant", "about": "programs", "escalate_after": "5"}
    )
    assert refused.status_code == 400
