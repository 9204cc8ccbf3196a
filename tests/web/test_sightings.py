"""In which of one's own tenants a thing was seen, and never in which others."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast, import_all
from tests.connectors.samples import TYPE, graph_alert
from tests.devices.making import device_evidence, hide
from tests.incidents.hiding import let_analyst_into_other
from tests.web.conftest import Visitor, text_of
from tests.web.queue_pages import events_of
from tidegate.directory.models import Tenant
from tidegate.gate.jobs import settle_waiting_events

type SignIn = Callable[..., Visitor]

BOTH = "198.51.100.7"
THEIRS = "198.51.100.8"
NOBODYS = "198.51.100.9"


def see(tenant: Tenant, address: str, *, id_: str = "da1", at: str = "2026-03-01", **changes: Any) -> None:
    evidence = [{"@odata.type": TYPE + "ipEvidence", "ipAddress": address}, *changes.pop("beside", [])]
    when = f"{at}T10:00:00Z"
    import_all(
        tenant,
        [graph_alert(id=id_, incidentId=None, evidence=evidence, lastActivityDateTime=when, **changes)],
    )


@pytest.fixture
def seen(cast: Cast) -> Cast:
    see(cast.customer, BOTH, id_="c1", at="2026-03-01", severity="low", title="Mine one")
    see(cast.customer, BOTH, id_="c2", at="2026-03-04", severity="high", title="Mine two")
    see(cast.other, BOTH, id_="o1", at="2026-03-05", severity="medium", title="LEAKED")
    see(cast.other, THEIRS, id_="o2", title="LEAKED")
    return cast


def everywhere(visitor: Visitor, asked: str) -> Any:
    return Visitor(visitor.client, "all").get("/sightings", q=asked)


def rows_of(response: Any) -> list[str]:
    rows = re.findall(r"<tr data-hue.*?</tr>", response.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in rows]


def test_a_tenant_is_told_with_its_alerts_and_the_worst_of_them(seen: Cast, visit: SignIn) -> None:
    page = everywhere(visit("analyst"), "198.51.100[.]7")
    (row,) = rows_of(page)
    assert "Delta Mills" in row
    assert "High 2" in row
    assert f'href="/sightings?tid={seen.customer.id}&amp;q=198.51.100%5B.%5D7"' in page.content.decode()
    settle_waiting_events()
    assert "sightings.viewed" in events_of(seen.customer)


def test_every_tenant_that_one_may_read_is_told_last_seen_first(seen: Cast, visit: SignIn) -> None:
    let_analyst_into_other(seen)
    rows = rows_of(everywhere(visit("analyst"), BOTH))
    assert [name for row in rows for name in ("Delta Mills", "Polder Foods") if name in row] == [
        "Polder Foods",
        "Delta Mills",
    ]


def test_what_only_others_have_is_like_what_nobody_has(seen: Cast, visit: SignIn) -> None:
    def page(asked: str, tid: str) -> str:
        html = Visitor(visit("analyst").client, tid).get("/sightings", q=asked).content.decode()
        return re.sub(r'nonce="[^"]*"|[\w-]{60,}', "", html).replace(asked, "")

    for tid in ("all", str(seen.customer.id)):
        assert page(THEIRS, tid) == page(NOBODYS, tid)


def test_others_are_never_told(seen: Cast, visit: SignIn) -> None:
    for name in ("analyst", "admin", "reader"):
        html = everywhere(visit(name), BOTH).content.decode()
        assert "Delta Mills" in html
        assert "Polder Foods" not in html
        assert str(seen.other.id) not in html
    assert "Delta Mills" not in everywhere(visit("outsider"), BOTH).content.decode()
    assert visit("outsider").get("/sightings", q=BOTH).status_code == 404


def test_who_may_not_read_alerts_is_told_nothing(seen: Cast, visit: SignIn) -> None:
    assert rows_of(everywhere(visit("helper"), BOTH)) == []
    assert visit("helper").get("/sightings", q=BOTH).status_code == 403


def test_in_one_tenant_its_alerts_are_listed(seen: Cast, visit: SignIn) -> None:
    text = text_of(visit("analyst").get("/sightings", q=BOTH))
    assert "Mine one" in text
    assert "Mine two" in text
    assert "LEAKED" not in text
    for tid in ("all", str(seen.customer.id)):
        assert "Type a hash" in text_of(Visitor(visit("analyst").client, tid).get("/sightings"))


def test_what_is_about_hidden_devices_is_not_told(cast: Cast, visit: SignIn) -> None:
    see(cast.customer, BOTH, id_="c1", title="Hidden", beside=[device_evidence("srv-1")])
    mixed = [device_evidence("srv-1"), {**device_evidence("pc-1")}]
    see(cast.customer, THEIRS, id_="c2", title="Mixed", beside=mixed, mitreTechniques=["T1027"])
    hide(cast, "srv")
    for asked, is_told in (
        (BOTH, False),
        (THEIRS, False),
        ("id-srv-1", False),
        ("ID-PC-1", True),
        ("t1027", True),
    ):
        assert bool(rows_of(everywhere(visit("analyst"), asked))) is is_told, asked
        assert rows_of(everywhere(visit("admin"), asked)), asked


def test_statements_do_not_grow_with_tenants(
    seen: Cast, visit: SignIn, django_assert_max_num_queries: Any
) -> None:
    let_analyst_into_other(seen)
    visitor = visit("analyst")
    for asked in (BOTH, NOBODYS):
        everywhere(visitor, asked)
        with django_assert_max_num_queries(24):
            everywhere(visitor, asked)


def advise(visitor: Visitor, tenants: list[Tenant], asked: str = BOTH, **values: str) -> Any:
    sent = {"title": "Seen", "text": "Block it.", "tenant": [str(one.id) for one in tenants], **values}
    return Visitor(visitor.client, "all").post("/sightings/advisory", sent, q=asked)


def inbox_of(visitor: Visitor) -> str:
    return text_of(visitor.get("/inbox"))


def test_an_advisory_reaches_the_customers_own_people_and_record(seen: Cast, visit: SignIn) -> None:
    form = Visitor(visit("analyst").client, "all").get("/sightings/advisory", q=BOTH).content.decode()
    assert f'value="{seen.customer.id}" checked' in form
    assert "Indicator: 198.51.100.7" in form
    assert "Polder Foods" not in form
    preview = advise(visit("analyst"), [seen.customer], text="Block <b>it</b>.")
    assert "Block &lt;b&gt;it&lt;/b&gt;." in preview.content.decode()
    assert "advisory.sent" not in events_of(seen.customer)
    sent = advise(visit("analyst"), [seen.customer], apply="1")
    assert "Sent Delta Mills" in text_of(sent)
    assert events_of(seen.customer)[-2:] == ["alert.commented", "advisory.sent"]
    assert "Block it." in text_of(visit("admin").get("/alerts/c2"))
    for name, is_told in (("admin", True), ("reader", True), ("member", False), ("lead", False)):
        assert ("Mine two" in inbox_of(visit(name))) is is_told, name


def test_each_tenant_gets_its_own_and_what_is_refused_says_why(seen: Cast, visit: SignIn) -> None:
    let_analyst_into_other(seen)
    see(seen.customer, THEIRS, id_="c3")
    text = text_of(advise(visit("analyst"), [seen.customer, seen.other], THEIRS, apply="1"))
    assert "Sent Delta Mills" in text
    assert "Sent Polder Foods" in text
    for tenant, wire, others in ((seen.customer, "c3", "Polder Foods"), (seen.other, "o2", "Delta Mills")):
        name = "admin" if tenant == seen.customer else "outsider"
        page = text_of(visit(name, tenant).get(f"/alerts/{wire}"))
        assert "Block it." in page
        assert others not in page
    assert "Refused Delta Mills" in text_of(advise(visit("reader"), [seen.customer], apply="1"))


def test_evidence_and_techniques_lead_to_sightings_for_who_enters_several(seen: Cast, visit: SignIn) -> None:
    link = 'href="/sightings?tid=all&amp;q=198.51.100.7"'
    see(seen.customer, BOTH, id_="c4", mitreTechniques=["T1027"])
    for name, leads in (("analyst", True), ("admin", False)):
        html = visit(name).get("/alerts/c4").content.decode()
        assert (link in html) is leads, name
        assert ('href="/sightings?tid=all&amp;q=T1027"' in html) is leads, name


def test_an_advisory_names_no_tenant_and_goes_to_none_that_is_not_ones_own(seen: Cast, visit: SignIn) -> None:
    page = advise(visit("analyst"), [seen.customer], text="Delta mills has it too.", apply="1")
    assert page.status_code == 400
    assert "must name none of your tenants" in text_of(page)
    for tenants, asked in (([seen.other], BOTH), ([seen.customer], THEIRS)):
        assert advise(visit("analyst"), tenants, asked, apply="1").status_code == 400
    assert "advisory.sent" not in events_of(seen.other)
    assert "advisory.sent" not in events_of(seen.customer)
