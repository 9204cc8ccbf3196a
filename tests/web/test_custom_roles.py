"""The page of a role, and roles of the tenant's own through the pages."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, make_role
from tests.web.conftest import Visitor, main_of, text_of
from tidegate.authorization.permissions import RolePermission
from tidegate.directory.actions.groups import add_member, create_group
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import Role, RoleAssignment
from tidegate.web.role_table import HINTS, SECTIONS

type Visit = Callable[..., Visitor]

VIEW, AUDIT = RolePermission.VIEW_DATA, RolePermission.READ_AUDIT_LOG


def test_every_line_stands_in_the_table_once() -> None:
    lines = [line for _, section in SECTIONS for line, _ in section]
    assert sorted(lines) == sorted(RolePermission)
    assert set(HINTS) == set(RolePermission)


def test_role_is_made_shown_changed_and_deleted(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    data = {"display_name": "Night <i>watch</i>", "description": "Nights", "lines": [VIEW, AUDIT]}
    made = admin.post("/roles/create", data)
    role = Role.objects.of_tenant(cast.customer.id).get(display_name="Night <i>watch</i>")
    assert made.url == f"/roles/{role.id}?tid={admin.tid}"
    page = admin.get(f"/roles/{role.id}")
    assert "Night &lt;i&gt;watch&lt;/i&gt;" in page.content.decode()
    held = "alert.read, device.read, hunting.read, incident.read"
    assert f"See incidents, alerts and devices. {held}" in text_of(page)
    admin.post(f"/roles/{role.id}/edit", {"display_name": "Watch", "description": "", "lines": [AUDIT]})
    assert Role.objects.of_tenant(cast.customer.id).get(id=role.id).lines == {AUDIT}
    assert "Delete from Delta Mills" in text_of(admin.get(f"/roles/{role.id}/delete"))
    assert admin.post(f"/roles/{role.id}/delete").url == f"/roles?tid={admin.tid}"
    assert admin.get(f"/roles/{role.id}").status_code == 404


def test_copy_begins_with_the_lines_of_another(visit: Visit, cast: Cast) -> None:
    page = visit("admin").get("/roles/create", **{"from": str(cast.role("Tier 1 Analyst").id)})
    content = main_of(page)
    assert 'value="Copy of Tier 1 Analyst"' in content
    assert content.count(" checked") == 8


def test_nothing_chosen_and_nonsense_are_named(visit: Visit) -> None:
    for lines in ([], ["everything"]):
        page = visit("admin").post("/roles/create", {"display_name": "Kept", "lines": lines})
        assert page.status_code == 400
        assert "Permissions: " in text_of(page)
        assert 'value="Kept"' in page.content.decode()
    nowhere = visit("admin").get("/roles/create", **{"from": str(uuid.uuid4())})
    assert nowhere.status_code == 404
    assert visit("admin").get("/roles/create", **{"from": "x"}).status_code == 200


def test_preview_says_who_gains_and_saves_nothing(visit: Visit, cast: Cast) -> None:
    role = make_role(cast.customer, "Own", AUDIT)
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("helper").id)
    data = {"display_name": "Own", "description": "", "lines": [VIEW], "preview": "1"}
    page = visit("admin").post(f"/roles/{role.id}/edit", data)
    words = text_of(page)
    assert page.status_code == 200
    assert "1 person gains View data: security operations; 1 person loses Read the audit log." in words
    assert "Helper Guest View data: security operations Read the audit log" in words
    assert Role.objects.of_tenant(cast.customer.id).get(id=role.id).lines == {AUDIT}
    assert 'value="view_data.security_operations" id="line-1-1" aria-describedby="hint-1-1" checked' in (
        page.content.decode()
    )


def test_preview_of_what_is_wrong_says_so(visit: Visit, cast: Cast) -> None:
    role = make_role(cast.customer, "Own", AUDIT)
    data = {"display_name": "Tier 1 Analyst", "lines": [VIEW], "preview": "1"}
    page = visit("admin").post(f"/roles/{role.id}/edit", data)
    assert page.status_code == 400
    assert "A role with this name exists already." in text_of(page)
    assert "What this changes" not in text_of(page)


def test_role_is_given_from_its_page_after_a_look(visit: Visit, cast: Cast) -> None:
    admin, role = visit("admin"), cast.role("Security Reader")
    address = f"/roles/{role.id}/assignments"
    data = {"user": "helper@provider.example", "ends_at": "2026-04-01T00:00"}
    seen = admin.post(address, {**data, "preview": "1"})
    assert "1 person gains View data: security operations, " in text_of(seen)
    assert 'value="helper@provider.example"' in seen.content.decode()
    given = RoleAssignment.objects.of_tenant(cast.customer.id).filter(user_id=cast.user("helper").id)
    assert not given.exists()
    assert admin.post(address, data).url == f"/roles/{role.id}?tid={admin.tid}"
    assert given.exists()
    assert "Helper Guest 10 Mar 2026 1 Apr 2026" in text_of(admin.get(f"/roles/{role.id}"))
    nobody = admin.post(address, {"user": "nobody"})
    assert nobody.status_code == 400
    assert "User: must be the user principal name" in text_of(nobody)


def test_roles_list_previews_too(visit: Visit, cast: Cast) -> None:
    data = {
        "role": str(cast.role("Tier 2 Analyst").id), "group": str(cast.group("Tier 1").id), "preview": "1"
    }  # fmt: skip
    words = text_of(visit("admin").post("/roles/assignments", data))
    assert "1 person gains Live response: basic, Live response: advanced." in words
    assert not RoleAssignment.objects.of_tenant(cast.customer.id).filter(
        role_id=cast.role("Tier 2 Analyst").id, group_id=cast.group("Tier 1").id
    )


def test_confirming_says_who_loses_what(visit: Visit, cast: Cast) -> None:
    admin, tier = visit("admin"), cast.group("Tier 2")
    words = text_of(admin.get(f"/groups/{tier.id}/delete"))
    assert "1 person loses" in words
    assert "Lead Guest – View data: security operations" in words
    own = RoleAssignment.objects.of_tenant(cast.customer.id).get(user_id=cast.user("admin").id)
    refused = text_of(admin.get(f"/roles/assignments/{own.id}/remove"))
    assert "As things stand this would be refused: A tenant must keep at least one" in refused


def test_member_of_a_group_is_previewed(visit: Visit, cast: Cast) -> None:
    admin, group = visit("admin"), cast.group("Tier 1")
    page = admin.post(f"/groups/{group.id}/members", {"user": "member@customer.example", "preview": "1"})
    assert "1 person gains" in text_of(page)
    assert "Members 1 Name" in text_of(page)
    again = admin.post(f"/groups/{group.id}/members", {"user": "analyst@provider.example", "preview": "1"})
    assert again.status_code == 400


def test_nothing_for_who_holds_it_already(visit: Visit, cast: Cast) -> None:
    group = create_group(cast.enter("admin"), display_name="Plain")
    page = visit("admin").post(
        f"/groups/{group.id}/members", {"user": "member@customer.example", "preview": "1"}
    )
    assert "Nothing changes now for anyone who may enter." in text_of(page)


def test_built_in_role_is_copied_not_edited(visit: Visit, cast: Cast) -> None:
    role = cast.role("Tier 1 Analyst")
    content = visit("admin").get(f"/roles/{role.id}").content.decode()
    assert f"/roles/create?from={role.id}" in content or f"from={role.id}" in content
    assert f"/roles/{role.id}/edit" not in content
    data = {"display_name": "Mine", "lines": [AUDIT]}
    refused = visit("admin").post(f"/roles/{role.id}/edit", data)
    assert refused.status_code == 400
    assert "A built-in role cannot be changed." in text_of(refused)


def test_lines_that_one_does_not_hold_cannot_be_ticked(visit: Visit, cast: Cast) -> None:
    role = make_role(cast.customer, "Directory", RolePermission.MANAGE_DIRECTORY)
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
    member = visit("member")
    page = member.get("/roles/create")
    assert page.content.decode().count(" disabled") == 13
    assert "You do not hold this yourself" in text_of(page)
    refused = member.post("/roles/create", {"display_name": "More", "lines": [VIEW]})
    assert refused.status_code == 403
    assert "alert.read" in refused.content.decode()


@pytest.mark.parametrize("who", ["reader", "analyst", "helper"])
def test_others_change_no_roles(visit: Visit, cast: Cast, who: str) -> None:
    role = make_role(cast.customer, "Own", AUDIT)
    visitor = visit(who)
    for path in ("create", f"{role.id}/edit", f"{role.id}/delete"):
        assert visitor.get(f"/roles/{path}").status_code == 403
        assert visitor.post(f"/roles/{path}", {"display_name": "N", "lines": [AUDIT]}).status_code == 403
    assert visitor.post(f"/roles/{role.id}/assignments", {"preview": "1"}).status_code == 403
    assert visitor.get(f"/roles/{role.id}").status_code == (200 if who == "reader" else 403)


def test_the_outsider_finds_nothing(visit: Visit, cast: Cast) -> None:
    role = make_role(cast.customer, "Own", AUDIT)
    outsider = visit("outsider", cast.other)
    for path in ("", "/edit", "/delete"):
        assert outsider.get(f"/roles/{role.id}{path}").status_code == 404
        assert visit("outsider").get(f"/roles/{role.id}{path}").status_code == 404
    data = {"user": "outsider@other.example"}
    assert outsider.post(f"/roles/{role.id}/assignments", data).status_code == 404


def test_role_page_asks_as_much_for_three_more_holders(visit: Visit, cast: Cast) -> None:
    admin, scope, role = visit("admin"), cast.enter("admin"), cast.role("Security Reader")
    admin.get(f"/roles/{role.id}")
    with CaptureQueriesContext(connection) as few:
        admin.get(f"/roles/{role.id}")
    for name in ("A", "B", "C"):
        group = create_group(scope, display_name=name)
        assign_role(scope, role.id, group_id=group.id)
        add_member(scope, group.id, cast.user("helper").id)
    with CaptureQueriesContext(connection) as many:
        admin.get(f"/roles/{role.id}")
    assert len(many) == len(few)
