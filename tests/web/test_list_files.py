"""Every list as a file: all its rows, no row of anybody else, to whoever may read it, and told of."""

import csv
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast
from tests.web.conftest import Visitor
from tests.web.queue_pages import events_of
from tidegate.directory.actions.groups import create_group
from tidegate.directory.models import User
from tidegate.gate.jobs import settle_waiting_events
from tidegate.web.list_files import LISTS

type SignIn = Callable[..., Visitor]


def fetch(visitor: Visitor, path: str, **params: Any) -> str:
    answer: Any = visitor.post(path, **params)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("what", LISTS)
def test_each_list_is_had_in_both_forms_by_whoever_may_read_it(cast: Cast, visit: SignIn, what: str) -> None:
    admin = visit("admin")
    told = [json.loads(line) for line in fetch(admin, f"/lists/{what}.ndjson").splitlines()]
    lines = list(csv.reader(fetch(admin, f"/lists/{what}.csv").removeprefix("\ufeff").splitlines()))
    assert tuple(lines[0]) == LISTS[what].head
    assert len(told) == len(lines) - 1
    assert {row["tenant_id"] for row in told} <= {str(cast.customer.id)}
    assert visit("helper").post(f"/lists/{what}.csv").status_code == 403
    assert visit("outsider").post(f"/lists/{what}.csv").status_code == 404
    assert visit("admin").get(f"/lists/{what}.csv").status_code == 405
    page = {"assignments": "", "deliveries": "/notifications/deliveries"}.get(
        what, f"/{what.replace('_', '-')}"
    )
    assert not page or f'action="/lists/{what}.csv' in admin.get(page).content.decode()


def test_users_are_as_the_page_has_them_and_no_formula(cast: Cast, visit: SignIn) -> None:
    User.objects.of_tenant(cast.customer.id).filter(mail="member@customer.example").update(
        display_name="=Member"
    )
    everybody = fetch(visit("admin"), "/lists/users.csv")
    assert "'=Member" in everybody
    assert "outsider@other.example" not in everybody
    guests = [
        json.loads(line) for line in fetch(visit("admin"), "/lists/users.ndjson", show="guests").splitlines()
    ]
    assert {row["mail"] for row in guests} == {
        f"{name}@provider.example" for name in ("analyst", "lead", "helper")
    }
    assert visit("admin").post("/lists/users.csv", show="martians").status_code == 400


def test_over_several_tenants_each_is_told(cast: Cast, visit: SignIn) -> None:
    for name, tenant in (("admin", cast.customer), ("outsider", cast.other)):
        create_group(cast.enter(name, tenant), display_name="Night desk", description="")
    everywhere = Visitor(visit("admin").client, "all")
    rows = [json.loads(line) for line in fetch(everywhere, "/lists/groups.ndjson", q="night").splitlines()]
    assert [(row["tenant"], row["name"]) for row in rows] == [("Delta Mills", "Night desk")]
    assert fetch(everywhere, "/lists/groups.ndjson", tenant=str(cast.other.id)) == ""
    while settle_waiting_events():
        pass
    assert events_of(cast.customer, tag="list.exported") == ["list.exported"]
    assert events_of(cast.other, tag="list.exported") == []
