"""Service levels through the pages: written, changed, given to customers, deleted."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.cast import Cast
from tests.customers.making import make_group, make_level, naming
from tests.customers.test_tags import manage
from tests.web.conftest import Visitor, text_of
from tidegate.customers.clocks import Target
from tidegate.customers.levels import LevelDraft, read_draft
from tidegate.customers.models import ServiceLevel, ServiceLevelAssignment
from tidegate.customers.rules import GroupRule

type Visit = Callable[..., Visitor]

GOLD = {
    "name": "Gold",
    "hours": "week",
    "time_zone": "Europe/Amsterdam",
    "monday": "09:00-12:30, 13:00 – 17:00",
    "sunday": "20:00-24:00",
    "holidays": "2026-12-25 Christmas Day\n\n2026-04-27",
    "always": ["high"],
    "high_acknowledge": "15",
    "high_resolve": "240",
    "low_resolve": "2880",
    "warn_percent": "60",
}
WRITTEN = LevelDraft(
    "Gold",
    {"high": Target(15, 240), "low": Target(None, 2880)},
    "Europe/Amsterdam",
    (((540, 750), (780, 1020)), (), (), (), (), (), ((1200, 1440),)),
    {date(2026, 4, 27): "", date(2026, 12, 25): "Christmas Day"},
    frozenset({"high"}),
    60,
)


def given() -> dict[str, str]:
    rows = ServiceLevelAssignment.rows.select_related("level", "about_tenant")
    return {row.about_tenant.display_name: row.level.name for row in rows}


def test_a_level_is_written_shown_again_changed_and_deleted(visit: Visit, cast: Cast) -> None:
    boss = visit("boss", cast.provider)
    assert boss.post("/service-levels/create", GOLD).status_code == 302
    level = ServiceLevel.rows.get()
    assert read_draft(level) == WRITTEN
    text = text_of(boss.get("/service-levels"))
    assert "High 15 minutes 4 hours Low – none 2 days" in text
    assert "Monday 09:00-12:30, 13:00-17:00 Sunday 20:00-24:00 Europe/Amsterdam 2 holidays" in text
    assert "around the clock: High" in text
    form = boss.get(f"/service-levels/{level.id}/edit").context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert boss.post(f"/service-levels/{level.id}/edit", data).status_code == 302
    assert read_draft(ServiceLevel.rows.get()) == WRITTEN
    boss.post(f"/service-levels/{level.id}/edit", {"name": "Plain", "hours": "always", "time_zone": "UTC"})
    assert read_draft(ServiceLevel.rows.get()) == LevelDraft("Plain")
    assert "Delete Plain?" in text_of(boss.get(f"/service-levels/{level.id}/delete"))
    boss.post(f"/service-levels/{level.id}/delete")
    assert not ServiceLevel.rows.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"monday": "nine to five"}, "monday"),
        ({"monday": "17:00-09:00"}, "monday"),
        ({"monday": "09:00-24:01"}, "monday"),
        ({"monday": "09:60-12:00"}, "monday"),
        ({"monday": "", "sunday": ""}, "monday"),
        ({"monday": "09:00-12:00, 11:00-13:00"}, "monday"),
        ({"holidays": "Christmas"}, "holidays"),
        ({"holidays": "2026-13-01 No"}, "holidays"),
        ({"high_acknowledge": "0"}, "high_acknowledge"),
        ({"high_acknowledge": "300"}, "high_acknowledge"),
        ({"always": ["grave"]}, "always"),
        ({"warn_percent": "100"}, "warn_percent"),
    ],
    ids=str,
)
def test_what_is_wrong_stands_beside_its_field(
    visit: Visit, cast: Cast, wrong: dict[str, Any], field: str
) -> None:
    page = visit("boss", cast.provider).post("/service-levels/create", {**GOLD, **wrong})
    assert page.status_code == 400
    assert set(page.context["form"].errors) == {field}
    assert not ServiceLevel.rows.exists()


def test_customers_get_a_level_one_by_one_or_as_a_group(visit: Visit, cast: Cast) -> None:
    manage(cast)
    lead = visit("lead", cast.provider)
    gold, silver = make_level(cast.provider, "Gold"), make_level(cast.provider, "Silver", cast.other)
    group = make_group(cast.provider, "Two", GroupRule(include=naming(cast.customer, cast.other)))
    offered = text_of(lead.get("/service-levels/assign"))
    assert "Delta Mills" in offered
    assert "Polder Foods" not in offered
    chosen = {"level": str(gold.id), "tenants": [str(cast.customer.id)]}
    assert lead.post("/service-levels/assign", chosen).status_code == 302
    assert given() == {"Delta Mills": "Gold", "Polder Foods": "Silver"}
    assert "Delta Mills (Gold)" in text_of(lead.get("/service-levels/assign"))
    assert "Your customers with it Delta Mills" in text_of(lead.get("/service-levels"))
    assert "Polder Foods" not in lead.get("/service-levels").content.decode()
    lead.post("/service-levels/assign", {"level": str(silver.id), "group": str(group.id)})
    assert given() == {"Delta Mills": "Silver", "Polder Foods": "Silver"}
    lead.post("/service-levels/assign", {"level": "", "group": str(group.id)})
    assert given() == {"Polder Foods": "Silver"}


def test_it_is_one_way_of_choosing_and_only_of_what_is_offered(visit: Visit, cast: Cast) -> None:
    manage(cast)
    lead = visit("lead", cast.provider)
    gold = make_level(cast.provider, "Gold")
    group = make_group(cast.provider, "All", GroupRule(takes_all=True))
    here = [str(cast.customer.id)]
    for data in (
        {"level": str(gold.id)},
        {"level": str(gold.id), "tenants": here, "group": str(group.id)},
        {"level": str(gold.id), "tenants": [str(cast.other.id)]},
        {"level": str(make_level(cast.other, "Foreign").id), "tenants": here},
    ):
        assert lead.post("/service-levels/assign", data).status_code == 400
    assert given() == {}


def test_members_look_and_only_managers_change(visit: Visit, cast: Cast) -> None:
    gold = make_level(cast.provider, "Gold", cast.customer)
    lead = visit("lead", cast.provider)
    text = text_of(lead.get("/service-levels"))
    assert "Gold" in text
    assert "Edit" not in text
    for path in ("create", "assign", f"{gold.id}/edit", f"{gold.id}/delete"):
        assert lead.get(f"/service-levels/{path}").status_code == 403
        assert lead.post(f"/service-levels/{path}", GOLD).status_code == 403
    for visitor in (visit("outsider", cast.other), visit("admin", cast.customer)):
        assert "Gold" not in visitor.get("/service-levels").content.decode()
        assert visitor.post(f"/service-levels/{gold.id}/delete").status_code == 404
    assert visit("lead", cast.customer).get("/service-levels").status_code == 404
    assert given() == {"Delta Mills": "Gold"}
