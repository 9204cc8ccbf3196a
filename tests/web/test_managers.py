"""A member's manager, chosen on the member's page."""

from collections.abc import Callable

from tests.cast import Cast
from tests.web.conftest import Visitor, text_of

type Visit = Callable[..., Visitor]


def test_manager_is_chosen_shown_and_taken_away(visit: Visit, cast: Cast) -> None:
    admin, address = visit("admin"), f"/users/{cast.user('member').id}"
    admin.post(f"{address}/manager", {"manager": "READER@customer.example"})
    assert cast.user("member").manager_id == cast.user("reader").id
    assert "Manager Reader" in text_of(admin.get(address))
    assert "Manager Reader" in text_of(visit("reader").get(address))
    admin.post(f"{address}/manager", {"manager": ""})
    assert "Manager nobody" in text_of(admin.get(address))


def test_who_cannot_be_a_manager_is_named_and_kept(visit: Visit, cast: Cast) -> None:
    address = f"/users/{cast.user('member').id}/manager"
    for typed, why in (
        ("analyst@provider.example", "Manager: must be another member of this tenant"),
        ("member@customer.example", "Manager: must be another member of this tenant"),
        ("outsider@other.example", "Manager: must be the user principal name or address of one user"),
    ):
        page = visit("admin").post(address, {"manager": typed})
        assert page.status_code == 400
        assert why in text_of(page)
        assert f'value="{typed}"' in page.content.decode()


def test_a_guest_has_no_such_field(visit: Visit, cast: Cast) -> None:
    admin, address = visit("admin"), f"/users/{cast.user('analyst').id}"
    assert "/manager" not in admin.get(address).content.decode()
    refused = admin.post(f"{address}/manager", {"manager": "admin@customer.example"})
    assert refused.status_code == 400
    assert "Only a member has a manager here; a guest has theirs at home." in text_of(refused)


def test_others_choose_nobody(visit: Visit, cast: Cast) -> None:
    address = f"/users/{cast.user('member').id}/manager"
    assert visit("reader").post(address, {"manager": ""}).status_code == 403
    assert visit("outsider", cast.other).post(address, {"manager": ""}).status_code == 404
