"""Tags and tenant groups on the Customers page: seen, filtered by, put on and taken off."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import GUESTS_END, NOW, Cast, join_as_guest
from tests.customers.making import make_group, naming, put_tag
from tests.customers.test_tags import manage
from tests.web.conftest import Visitor, text_of
from tidegate.core.clock import standing_at
from tidegate.customers.models import TenantTag
from tidegate.customers.rules import GroupRule

type Visit = Callable[..., Visitor]


def second_customer(cast: Cast) -> None:
    join_as_guest(cast.enter("outsider", cast.other), cast.accounts["lead"], ends_at=NOW + timedelta(days=9))


def names(page: object) -> list[str]:
    return [row.badge.display_name for row in page.context["rows"]]  # type: ignore[attr-defined]


def test_tags_stand_beside_the_customer_from_wherever_one_looks(visit: Visit, cast: Cast) -> None:
    put_tag(cast.provider, cast.customer, "Bank")
    put_tag(cast.customer, cast.customer, "Their own word")
    for tenant in (cast.provider, cast.customer):
        page = visit("lead", tenant).get("/customers")
        assert [row.tags for row in page.context["rows"]] == [("Bank",)]
        assert "Their own word" not in page.content.decode()
        assert f'href="/tenant-groups?tid={cast.provider.id}"' in page.content.decode()


def test_customers_are_filtered_by_tag_and_by_group(visit: Visit, cast: Cast) -> None:
    second_customer(cast)
    put_tag(cast.provider, cast.customer, "Bank")
    make_group(cast.provider, "Food", GroupRule(include=naming(cast.other)))
    lead = visit("lead", cast.customer)
    assert names(lead.get("/customers")) == ["Delta Mills", "Polder Foods"]
    assert names(lead.get("/customers", tag="BANK")) == ["Delta Mills"]
    assert names(lead.get("/customers", group="food")) == ["Polder Foods"]
    page = lead.get("/customers", group="food", tag="Bank")
    assert names(page) == []
    assert "No customer matches these filters." in text_of(page)
    assert names(lead.get("/customers", group="Food", q="delta")) == []
    assert lead.get("/customers", group="None such").status_code == 404
    assert lead.get("/customers", tag="x" * 201).status_code == 400
    sent = lead.get("/customers/export.csv", tag="bank")
    rows = list(csv.DictReader(io.StringIO(b"".join(sent.streaming_content).decode("utf-8-sig"))))
    assert [(row["name"], row["tags"]) for row in rows] == [("Delta Mills", "Bank")]


def test_tags_and_groups_cost_no_further_query_for_further_customers(visit: Visit, cast: Cast) -> None:
    lead = visit("lead", cast.customer)
    put_tag(cast.provider, cast.customer, "Bank")
    make_group(cast.provider, "All", GroupRule(takes_all=True))
    lead.get("/customers", group="All")
    with CaptureQueriesContext(connection) as one:
        lead.get("/customers", group="All")
    second_customer(cast)
    put_tag(cast.provider, cast.other, "Bank")
    make_group(cast.provider, "More", GroupRule(takes_all=True))
    with CaptureQueriesContext(connection) as two:
        page = lead.get("/customers", group="All")
    assert len(page.context["rows"]) == 2
    assert len(two) == len(one)


def test_managers_put_tags_on_and_take_them_off(visit: Visit, cast: Cast) -> None:
    manage(cast)
    lead = visit("lead", cast.provider)
    path = f"/customers/{cast.customer.id}/tags"
    assert f'href="{path}?tid={cast.provider.id}"' in lead.get("/customers").content.decode()
    assert "None yet." in text_of(lead.get(path))
    assert lead.post(path, {"tag": " Bank "}).status_code == 302
    assert "Bank Take off Bank" in text_of(lead.get(path))
    assert lead.post(path, {"tag": ""}).status_code == 400
    assert lead.post(path, {"remove": "BANK"}).status_code == 302
    assert not TenantTag.rows.exists()
    assert lead.post(path, {"remove": "Bank"}).status_code == 404
    assert lead.post(path, {"remove": "a\0b"}).status_code == 400


def test_a_tag_in_use_is_offered_for_another_customer(visit: Visit, cast: Cast) -> None:
    manage(cast)
    put_tag(cast.provider, cast.provider, "Bank")
    put_tag(cast.provider, cast.other, "Secret")
    page = visit("lead", cast.provider).get(f"/customers/{cast.customer.id}/tags")
    assert page.context["known"] == ["Bank"]
    assert "Secret" not in page.content.decode()


def test_who_may_not_tag_sees_no_form_and_who_may_not_enter_no_customer(visit: Visit, cast: Cast) -> None:
    path = f"/customers/{cast.customer.id}/tags"
    put_tag(cast.provider, cast.customer, "Bank")
    lead = visit("lead", cast.provider)
    assert "/tags" not in lead.get("/customers").content.decode()
    assert lead.get(path).status_code == 403
    assert lead.post(path, {"tag": "X"}).status_code == 403
    boss = visit("boss", cast.provider)
    assert boss.get(path).status_code == 404
    assert boss.post(path, {"tag": "X"}).status_code == 404
    assert boss.post(path, {"remove": "Bank"}).status_code == 404
    join_as_guest(cast.enter("boss", cast.provider), cast.accounts["admin"])
    assert visit("admin", cast.provider).post(path, {"tag": "X"}).status_code == 404
    assert visit("outsider", cast.other).post(path, {"tag": "X"}).status_code == 404
    assert visit("lead", cast.customer).post(path, {"tag": "X"}).status_code == 404
    assert list(TenantTag.rows.values_list("tag", flat=True)) == ["Bank"]


def test_when_access_has_ended_nothing_is_kept_before_ones_eyes(visit: Visit, cast: Cast) -> None:
    put_tag(cast.provider, cast.customer, "Bank")
    with standing_at(GUESTS_END):
        page = visit("lead", cast.provider).get("/customers")
    assert [row.tags for row in page.context["rows"]] == [()]
