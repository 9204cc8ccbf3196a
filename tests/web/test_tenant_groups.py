"""Tenant groups through the pages: made of choices, looked at first, copied, deleted; and who sees what."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, join_as_guest
from tests.customers.making import make_group, make_level, naming, put_tag
from tests.web.conftest import Visitor, main_of, text_of
from tidegate.customers.models import TenantGroup, TenantGroupMember
from tidegate.customers.rules import GroupRule, Selection, read_rule
from tidegate.directory.models import Tenant, User

type Visit = Callable[..., Visitor]

EVERYTHING = GroupRule(takes_all=True)


def group_named(name: str) -> TenantGroup:
    return TenantGroup.rows.get(name=name)


def test_a_group_is_looked_at_made_changed_and_deleted(visit: Visit, cast: Cast) -> None:
    lead = visit("lead", cast.provider)
    chosen = {"include_tenants": [str(cast.customer.id)], "include_more_tags": "Bank, Insurer"}
    seen = lead.post("/tenant-groups/create", {**chosen, "preview": "1"})
    assert seen.status_code == 200
    assert "Your tenants in it now 1" in text_of(seen)
    assert not TenantGroup.rows.exists()
    made = lead.post("/tenant-groups/create", {**chosen, "name": "Night shift"})
    group = group_named("Night shift")
    assert made["Location"] == f"/tenant-groups/{group.id}?tid={cast.provider.id}"
    assert group.owner_user_id == cast.user("lead", cast.provider).id
    assert read_rule(group.rule).include.tags == {"Bank", "Insurer"}
    page = lead.get(f"/tenant-groups/{group.id}")
    assert "Customers Delta Mills Tags Bank or Insurer" in text_of(page)
    assert 'href="/?tid=group%3ANight+shift"' in main_of(page)
    saved = lead.post(f"/tenant-groups/{group.id}/edit", {"name": "Rest", "takes_all": "on"})
    assert saved.status_code == 302
    assert (group_named("Rest").id, read_rule(group_named("Rest").rule)) == (group.id, EVERYTHING)
    assert "Delete Rest?" in text_of(lead.get(f"/tenant-groups/{group.id}/delete"))
    assert TenantGroup.rows.exists()
    lead.post(f"/tenant-groups/{group.id}/delete")
    assert not TenantGroup.rows.exists()


def test_the_form_shows_again_what_a_group_says(visit: Visit, cast: Cast) -> None:
    Tenant.objects.filter(id=cast.customer.id).update(country="NL")
    level = make_level(cast.provider, "Gold")
    inner = make_group(cast.provider, "Inner", EVERYTHING)
    selection = naming(
        cast.customer,
        tags=frozenset({"Bank"}),
        countries=frozenset({"NL"}),
        level_ids=frozenset({level.id}),
        group_ids=frozenset({inner.id}),
    )
    user = cast.user("lead", cast.provider)
    rule = GroupRule(include=selection, exclude=selection)
    group = make_group(cast.provider, "Mine", rule, user)
    lead = visit("lead", cast.provider)
    form = lead.get(f"/tenant-groups/{group.id}/edit").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    assert lead.post(f"/tenant-groups/{group.id}/edit", data).status_code == 302
    kept = TenantGroup.rows.get(pk=group.pk)
    assert kept.rule == group.rule
    named = TenantGroupMember.rows.filter(group_id=group.id).values_list("kind", "about_tenant_id")
    assert set(named) == {("include", cast.customer.id), ("exclude", cast.customer.id)}


def test_a_part_of_the_page_asks_what_matches(visit: Visit, cast: Cast) -> None:
    lead = visit("lead", cast.provider)
    part = lead.client.post(
        "/tenant-groups/create",
        {"preview": "1", "takes_all": "on", "exclude_tenants": [str(cast.provider.id)]},
        query_params={"tid": lead.tid},
        headers={"hx-request": "true"},
    )
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert "Delta Mills" in part.content.decode()
    assert "Harbour Watch" not in part.content.decode()
    wrong = lead.post("/tenant-groups/create", {"preview": "1", "include_more_tags": "x" * 65})
    assert "at most 64 characters" in text_of(wrong)


def test_members_without_the_permission_make_private_groups_alone(visit: Visit, cast: Cast) -> None:
    lead, boss = visit("lead", cast.provider), visit("boss", cast.provider)
    assert "every member of your organization" not in text_of(lead.get("/tenant-groups/create"))
    lead.post("/tenant-groups/create", {"name": "Mine", "is_private": "shared", "takes_all": "on"})
    assert group_named("Mine").is_private
    boss.post("/tenant-groups/create", {"name": "Ours", "is_private": "shared", "takes_all": "on"})
    ours = group_named("Ours")
    assert not ours.is_private
    assert "Edit" not in text_of(lead.get(f"/tenant-groups/{ours.id}"))
    for path in ("edit", "delete"):
        assert lead.get(f"/tenant-groups/{ours.id}/{path}").status_code == 403
        assert lead.post(f"/tenant-groups/{ours.id}/{path}", {"name": "X"}).status_code == 403
    copied = lead.post(f"/tenant-groups/{ours.id}/copy", {"name": "Copy"})
    assert copied.status_code == 302
    assert group_named("Copy").is_private


def test_what_cannot_be_kept_is_said_and_kept_in_the_form(visit: Visit, cast: Cast) -> None:
    lead = visit("lead", cast.provider)
    for data, said in (
        ({"name": "a/b"}, "must be letters, digits"),
        ({"name": ""}, "This field is required"),
        ({"name": "Fine", "include_tenants": [str(cast.other.id)]}, "is not one of the available choices"),
    ):
        page = lead.post("/tenant-groups/create", data)
        assert (page.status_code, said in text_of(page)) == (400, True), said
    make_group(cast.provider, "Taken", EVERYTHING, cast.user("lead", cast.provider))
    page = lead.post("/tenant-groups/create", {"name": "taken", "include_more_tags": "Bank"})
    assert "name exists already" in text_of(page)
    assert 'value="Bank"' in main_of(page)


def test_tenants_that_one_may_not_enter_are_nowhere(visit: Visit, cast: Cast) -> None:
    put_tag(cast.provider, cast.other, "Secret")
    Tenant.objects.filter(id=cast.other.id).update(country="BE")
    make_level(cast.provider, "Gold", cast.other)
    group = make_group(cast.provider, "Both", GroupRule(include=naming(cast.customer, cast.other)))
    lead, boss = visit("lead", cast.provider), visit("boss", cast.provider)
    pages = ["/tenant-groups", f"/tenant-groups/{group.id}", "/tenant-groups/create", "/customers"]
    pages += ["/service-levels", f"/tenant-groups/{group.id}/copy", "/customers?tag=Secret"]
    for path in pages:
        text = lead.get(path).content.decode()
        for secret in ("Polder Foods", str(cast.other.id), ">Secret", "Belgium"):
            assert secret not in text, (path, secret)
    assert [row.count for row in lead.get("/tenant-groups").context["rows"]] == [1]
    assert [row.count for row in boss.get("/tenant-groups").context["rows"]] == [0]
    assert "None of the tenants that you may enter." in text_of(boss.get(f"/tenant-groups/{group.id}"))
    boss.post(f"/tenant-groups/{group.id}/edit", {"name": "Both"})
    assert TenantGroupMember.rows.filter(group_id=group.id).count() == 2


def test_deleting_tells_which_groups_hold_it(visit: Visit, cast: Cast) -> None:
    inner = make_group(cast.provider, "Inner", EVERYTHING)
    nesting = GroupRule(include=Selection(group_ids=frozenset({inner.id})))
    make_group(cast.provider, "Outer", nesting)
    make_group(cast.provider, "Lead-only", nesting, cast.user("lead", cast.provider))
    boss = visit("boss", cast.provider)
    text = text_of(boss.get(f"/tenant-groups/{inner.id}/delete"))
    assert "Outer holds it" in text
    assert "Lead-only" not in text
    assert boss.post(f"/tenant-groups/{inner.id}/delete").status_code == 302
    assert group_named("Outer").rule["include"]["groups"] == []


def test_a_group_hidden_by_ones_own_is_not_linked(visit: Visit, cast: Cast) -> None:
    make_group(cast.provider, "Banks", EVERYTHING)
    lead = visit("lead", cast.provider)
    assert main_of(lead.get("/tenant-groups")).count("tid=group%3ABanks") == 2
    make_group(cast.provider, "banks", EVERYTHING, cast.user("lead", cast.provider))
    text = main_of(lead.get("/tenant-groups"))
    assert "hidden by yours" in text
    assert text.count("tid=group%3ABanks") == 0
    assert text.count("tid=group%3Abanks") == 2


@pytest.mark.parametrize("who", ["guest", "outsider", "ended", "customer's guest"])
def test_nobody_from_elsewhere_sees_a_group(visit: Visit, cast: Cast, who: str) -> None:
    group = make_group(cast.provider, "Shared-name", EVERYTHING)
    own = make_group(cast.provider, "Private-name", EVERYTHING, cast.user("lead", cast.provider))
    level = make_level(cast.provider, "Level-name", cast.customer)
    put_tag(cast.provider, cast.customer, "Tag-name")
    join_as_guest(cast.enter("boss", cast.provider), cast.accounts["admin"])
    visitor = {
        "guest": lambda: visit("admin", cast.provider),
        "outsider": lambda: visit("outsider", cast.provider),
        "ended": lambda: visit("lead", cast.provider),
        "customer's guest": lambda: visit("admin", cast.customer),
    }[who]()
    if who == "ended":
        User.rows.filter(pk=cast.user("lead", cast.provider).pk).update(ends_at=NOW - timedelta(seconds=1))
    for path in (
        f"/tenant-groups/{group.id}",
        f"/tenant-groups/{own.id}",
        f"/tenant-groups/{group.id}/edit",
        f"/tenant-groups/{group.id}/copy",
        f"/tenant-groups/{group.id}/delete",
        f"/service-levels/{level.id}/edit",
        f"/service-levels/{level.id}/delete",
    ):
        assert visitor.get(path).status_code == 404, path
        assert visitor.post(path, {"name": "X"}).status_code in {404, 405}, path
    for path in ("/tenant-groups", "/tenant-groups/create", "/service-levels", "/customers"):
        text = visitor.get(path).content.decode()
        for name in ("Shared-name", "Private-name", "Level-name", "Tag-name"):
            assert name not in text, (path, name)
    assert visitor.get("/customers", group="Shared-name").status_code == 404
    assert TenantGroup.rows.count() == 2


def test_a_further_group_and_tenant_cost_no_further_query(visit: Visit, cast: Cast) -> None:
    lead = visit("lead", cast.provider)
    make_group(cast.provider, "One", EVERYTHING)
    lead.get("/tenant-groups")
    with CaptureQueriesContext(connection) as one:
        lead.get("/tenant-groups")
    join_as_guest(cast.enter("outsider", cast.other), cast.accounts["lead"], ends_at=NOW + timedelta(days=9))
    for number in range(2):
        make_group(cast.provider, f"More {number}", GroupRule(include=naming(cast.customer, cast.other)))
    with CaptureQueriesContext(connection) as three:
        page = lead.get("/tenant-groups")
    assert [row.count for row in page.context["rows"]] == [2, 2, 3]
    assert len(three) == len(one)


def test_an_unknown_group_is_not_there(visit: Visit, cast: Cast) -> None:
    lead = visit("lead", cast.provider)
    for path in ("", "/edit", "/copy", "/delete"):
        assert lead.get(f"/tenant-groups/{uuid.uuid4()}{path}").status_code == 404
