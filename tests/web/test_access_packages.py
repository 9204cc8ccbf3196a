"""Catalogs and access packages on their pages, with what they give and who holds them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, make_role
from tests.entitlements.offering import by_user, make_package, make_policy, offer_to_provider
from tests.web.conftest import Visitor, text_of
from tidegate.authorization.permissions import RolePermission
from tidegate.core.errors import NotFound
from tidegate.directory.actions.roles import assign_role
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.models import AccessPackage, Assignment, AssignmentRequest, Catalog
from tidegate.entitlements.rules import StageRule
from tidegate.entitlements.words import TargetScope
from tidegate.gate.opening import open as open_gate

type Visit = Callable[..., Visitor]

LIST = "/access-packages"


def held(cast: Cast) -> tuple[AccessPackage, Assignment]:
    policy = offer_to_provider(cast)
    request_access(cast.actor("boss"), cast.customer.id, policy.package_id, policy.id)
    return AccessPackage.rows.get(id=policy.package_id), Assignment.rows.get()


def test_catalog_and_package_are_made_and_changed(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    admin.post("/catalogs/create", {"display_name": "Partners", "is_published": "on"})
    catalog = Catalog.objects.of_tenant(cast.customer.id).get()
    assert "Inside only" in text_of(admin.get(LIST))
    made = admin.post(f"{LIST}/create", {"display_name": "Night <b>", "catalog_id": str(catalog.id)})
    package = AccessPackage.objects.of_tenant(cast.customer.id).get()
    assert made.url == f"{LIST}/{package.id}?tid={admin.tid}"
    edited = {"display_name": "Night", "catalog_id": str(catalog.id), "is_hidden": "on"}
    admin.post(f"{LIST}/{package.id}/edit", edited)
    assert "Night Hidden" in text_of(admin.get(LIST))
    admin.post(f"/catalogs/{catalog.id}/edit", {"display_name": "Partners"})
    assert "Not published" in text_of(admin.get(LIST))


def test_taken_names_are_told_and_kept(visit: Visit, cast: Cast) -> None:
    package = make_package(cast.customer)
    data = {"display_name": "tier 2", "catalog_id": str(package.catalog_id), "description": "again"}
    page = visit("admin").post(f"{LIST}/create", data)
    assert page.status_code == 400
    assert "An access package with this name exists already." in text_of(page)
    assert 'value="again"' in page.content.decode()


def test_page_says_what_it_gives_under_which_policy_by_which_link(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(StageRule((by_user(cast.user("member")),)),))
    page = visit("reader").get(f"{LIST}/{policy.package_id}")
    words = text_of(page)
    for part in ("Harbour Watch", "Member, within 14 days", "365 days", "Tier 2", "Extended with approval"):
        assert part in words
    content = page.content.decode()
    assert f"/myaccess/@customer.example#/access-packages/{policy.package_id}<" in content
    assert f"/myaccess/@customer.example/access-packages/{policy.package_id}<" in content
    assert "Switch off" not in words


def test_group_is_put_in_and_taken_out_and_says_for_whom(visit: Visit, cast: Cast) -> None:
    package, _ = held(cast)
    admin, group = visit("admin"), cast.group("Tier 1")
    address = f"{LIST}/{package.id}"
    choice = {"group_id": str(group.id), "device_group_id": ""}
    seen = admin.post(f"{address}/resources", {**choice, "preview": "1"})
    assert "What this changes" in text_of(seen)
    assert package.resource_roles.in_scope(cast.enter("admin")).count() == 1
    admin.post(f"{address}/resources", choice)
    assert "Tier 1" in text_of(admin.get(address))
    resource = package.resource_roles.in_scope(cast.enter("admin")).get(group_id=group.id)
    question = text_of(admin.get(f"{address}/resources/{resource.id}/remove"))
    assert "1 assignment loses it now." in question
    admin.post(f"{address}/resources/{resource.id}/remove")
    assert not package.resource_roles.in_scope(cast.enter("admin")).filter(group_id=group.id).exists()
    assert admin.post(f"{address}/resources", {}).status_code == 400


def test_packages_are_kept_apart_and_let_together(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    one, other = make_package(cast.customer, "One"), make_package(cast.customer, "Other")
    admin.post(f"{LIST}/{one.id}/apart", {"other_id": str(other.id)})
    assert "Allow together with One" in admin.get(f"{LIST}/{other.id}").content.decode()
    address = f"{LIST}/{other.id}/apart/{one.id}/remove"
    assert "One person can then ask for both in Delta Mills." in text_of(admin.get(address))
    admin.post(address)
    assert admin.get(address).status_code == 404


def test_removal_names_who_loses_access(visit: Visit, cast: Cast) -> None:
    package, _ = held(cast)
    admin = visit("admin")
    question = text_of(admin.get(f"{LIST}/{package.id}/remove"))
    assert "1 assignment ends now. Boss loses this access now." in question
    assert "1 person loses entry," in question
    admin.post(f"{LIST}/{package.id}/remove")
    assert admin.get(f"{LIST}/{package.id}").status_code == 404
    with pytest.raises(NotFound):
        open_gate(cast.actor("boss"), str(cast.customer.id))


def test_assignments_are_listed_by_the_clock_and_ended(visit: Visit, cast: Cast) -> None:
    package, assignment = held(cast)
    admin, address = visit("admin"), f"{LIST}/{package.id}/assignments"
    assert "Boss Guest Harbour Watch Requests 10 Mar 2026 10 Mar 2027" in text_of(admin.get(address))
    question = text_of(admin.get(f"{address}/{assignment.id}/end"))
    assert "Boss loses Tier 2 access in Delta Mills, from the next request on." in question
    admin.post(f"{address}/{assignment.id}/end", {"justification": "No longer <b>needed</b>"})
    assert "Nobody." in text_of(admin.get(address))
    ended = admin.get(address, held="ended")
    assert "No longer &lt;b&gt;needed" in ended.content.decode()
    assert admin.get(f"{address}/{assignment.id}/end").status_code == 404
    assert admin.get(address, held="maybe").status_code == 400


def test_package_is_given_directly(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast)
    admin, address = visit("admin"), f"{LIST}/{policy.package_id}/assignments"
    data = {"user": "member@customer.example", "policy_id": str(policy.id), "days": "2", "hours": "3"}
    assert admin.post(f"{address}/assign", data).status_code == 302
    assert "Member Member – none Requests 10 Mar 2026 12 Mar 2026" in text_of(admin.get(address))
    again = admin.post(f"{address}/assign", data)
    assert again.status_code == 400
    own = admin.post(f"{address}/assign", {**data, "user": "admin@customer.example"})
    assert own.status_code == 403
    nobody = admin.post(f"{address}/assign", {**data, "user": "nobody"})
    assert "User: must be the user principal name or address of one user" in text_of(nobody)
    longer = admin.post(f"{address}/assign", {**data, "user": "reader@customer.example", "days": "900"})
    assert longer.status_code == 400


def test_nobody_gives_what_they_may_not_do_themselves(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast)
    role = make_role(cast.customer, "Directory", RolePermission.MANAGE_DIRECTORY)
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
    data = {"user": "reader@customer.example", "policy_id": str(policy.id)}
    address = f"{LIST}/{policy.package_id}/assignments/assign"
    assert visit("member").post(address, data).status_code == 403
    assert visit("admin").post(address, data).status_code == 302


def test_whoever_is_no_user_yet_is_invited_the_same_with_and_without_an_account(
    visit: Visit, cast: Cast
) -> None:
    policy = offer_to_provider(cast)
    admin, address = visit("admin"), f"{LIST}/{policy.package_id}/assignments/assign"
    for email in ("outsider@other.example", "nobody@nowhere.example"):
        page = admin.post(address, {"user": email, "policy_id": str(policy.id), "days": "1"})
        assert page.status_code == 200
        assert f"A mail with the link is on its way to {email}." in text_of(page)
        assert "/invitations/" in page.content.decode()


def test_requests_are_filtered_and_show_their_way(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(StageRule((by_user(cast.user("member")),)),))
    request_access(
        cast.actor("boss"), cast.customer.id, policy.package_id, policy.id, justification="On <b>duty</b>"
    )
    reader, address = visit("reader"), f"{LIST}/{policy.package_id}/requests"
    assert "Boss Harbour Watch Access Pending approval 10 Mar 2026" in text_of(reader.get(address))
    assert "No request." in text_of(reader.get(address, state="denied"))
    assert reader.get(address, state="maybe").status_code == 400
    request = AssignmentRequest.rows.get()
    page = reader.get(f"{address}/{request.id}")
    assert "On &lt;b&gt;duty" in page.content.decode()
    assert "Timeline" in text_of(page)
    assert visit("admin").post(f"{address}/{request.id}/retry").status_code == 302


def test_files_hold_everybody(visit: Visit, cast: Cast) -> None:
    package, _ = held(cast)
    reader = visit("reader")
    for what, words in (("assignments", "boss@provider.example,In force"), ("requests", "Delivered")):
        answer = reader.get(f"{LIST}/{package.id}/{what}/export")
        content = b"".join(answer.streaming_content).decode()
        assert words in content


@pytest.mark.parametrize("name", ["member", "analyst", "helper"])
def test_without_the_permission_nothing_is_seen(visit: Visit, cast: Cast, name: str) -> None:
    package = make_package(cast.customer)
    visitor = visit(name)
    for address in (LIST, f"{LIST}/{package.id}", f"{LIST}/{package.id}/assignments", f"{LIST}/set-up"):
        assert visitor.get(address).status_code == 403


def test_reader_changes_nothing(visit: Visit, cast: Cast) -> None:
    package, assignment = held(cast)
    reader, address = visit("reader"), f"{LIST}/{package.id}"
    for what in (
        "/edit",
        "/remove",
        "/resources",
        "/apart",
        "/policies/create",
        "/assignments/assign",
        f"/assignments/{assignment.id}/end",
    ):
        assert reader.post(f"{address}{what}").status_code == 403
    assert reader.post("/catalogs/create").status_code == 403
    assert reader.post(f"{LIST}/create").status_code == 403


def test_outsider_finds_nothing(visit: Visit, cast: Cast) -> None:
    package, assignment = held(cast)
    request = AssignmentRequest.rows.first()
    assert request is not None
    outsider, address = visit("outsider", cast.other), f"{LIST}/{package.id}"
    assert package.display_name not in outsider.get(LIST).content.decode()
    for what in (
        "",
        "/edit",
        "/remove",
        "/policies/create",
        "/assignments",
        "/assignments/export",
        f"/assignments/{assignment.id}/end",
        "/requests",
        f"/requests/{request.id}",
        "/requests/export",
    ):
        assert outsider.get(f"{address}{what}").status_code == 404
    assert outsider.get(f"/catalogs/{package.catalog_id}/edit").status_code == 404
    assert outsider.get(f"/catalogs/{package.catalog_id}/links").status_code == 404
    assert visit("outsider").get(address).status_code == 404


def test_lists_ask_as_much_for_three_more_rows(visit: Visit, cast: Cast) -> None:
    visitor = visit("admin")
    make_policy(make_package(cast.customer, "First"), TargetScope.ALL_MEMBERS)
    visitor.get(LIST)
    with CaptureQueriesContext(connection) as few:
        visitor.get(LIST)
    for name in ("A", "B", "C"):
        make_policy(make_package(cast.customer, name), TargetScope.ALL_MEMBERS)
    with CaptureQueriesContext(connection) as many:
        visitor.get(LIST)
    assert len(many) == len(few)
