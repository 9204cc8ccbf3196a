"""Roles: the table of what each holds, given and taken back."""

from collections.abc import Callable

from tests.cast import NOW, Cast, days
from tests.directory.test_time_held import administrator_until
from tests.web.conftest import Visitor, text_of
from tidegate.authorization.permissions import RolePermission
from tidegate.directory.models import RoleAssignment
from tidegate.web.words import ROLE_PERMISSION_WORDS

type Visit = Callable[..., Visitor]


def test_every_line_of_the_table_has_words() -> None:
    assert set(ROLE_PERMISSION_WORDS) == set(RolePermission)


def test_reader_sees_the_table_and_no_form(visit: Visit) -> None:
    response = visit("reader").get("/roles")
    words = text_of(response)
    row = "Read the audit log – does not hold it – does not hold it Manage the directory"
    assert row in words
    assert "Give in Delta Mills" not in words
    assert words.count("Tier 1 Analyst") == 2


def test_role_is_given_to_a_user_for_a_time_and_taken_back(visit: Visit, cast: Cast) -> None:
    admin, helper = visit("admin"), visit("helper")
    data = {
        "role": str(cast.role("Security Reader").id),
        "user": "helper@provider.example",
        "ends_at": "2026-04-01T00:00",
    }
    assert helper.get("/users").status_code == 403
    assert admin.post("/roles/assignments", data).status_code == 302
    assert helper.get("/users").status_code == 200
    given = RoleAssignment.objects.of_tenant(cast.customer.id).get(user_id=cast.user("helper").id)
    address = f"/roles/assignments/{given.id}/remove"
    assert "Helper loses Security Reader in Delta Mills" in text_of(admin.get(address))
    admin.post(address)
    assert helper.get("/users").status_code == 403


def test_group_or_user_must_be_chosen(visit: Visit, cast: Cast) -> None:
    role, group = str(cast.role("Security Reader").id), str(cast.group("Tier 1").id)
    both = {"role": role, "group": group, "user": "helper@provider.example"}
    for data in ({"role": role}, both):
        response = visit("admin").post("/roles/assignments", data)
        assert response.status_code == 400
        assert "principal must be one group or one user" in text_of(response)


def test_role_and_group_of_another_tenant_are_no_choice(visit: Visit, cast: Cast) -> None:
    data = {"role": str(cast.role("Security Reader", cast.other).id), "user": "helper@provider.example"}
    response = visit("admin").post("/roles/assignments", data)
    assert response.status_code == 400
    assert "Role: " in text_of(response)
    assert 'value="helper@provider.example"' in response.content.decode()


def test_last_administrator_keeps_the_role(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    given = RoleAssignment.objects.of_tenant(cast.customer.id).get(user_id=cast.user("admin").id)
    page = admin.client.post(
        f"/roles/assignments/{given.id}/remove", query_params={"tid": admin.tid}, follow=True
    )
    assert "must keep at least one Global Administrator" in page.content.decode()
    assert admin.get("/users").status_code == 200


def test_who_holds_a_role_for_a_time_is_told_why_it_is_not_given_for_longer(visit: Visit, cast: Cast) -> None:
    administrator_until(cast, NOW + days(5))
    data = {"role": str(cast.role("Security Reader").id), "user": "helper@provider.example"}

    answer = visit("member").post("/roles/assignments", data)

    assert answer.status_code == 403
    assert "nobody gives anything for longer than they hold it" in text_of(answer)
