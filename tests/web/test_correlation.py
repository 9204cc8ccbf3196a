"""Why alerts stand together, as pages say it, and the page where a tenant says what it wants."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cast import Cast, import_all
from tests.devices.making import hide
from tests.incidents.correlating import alert, made
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.incidents.correlation.rules import Rules, read_rules
from tidegate.incidents.models import CorrelationKind

type Visit = Callable[..., Visitor]

FORM = {"kinds": ["process", "user"], "window_hours": "6", "largest": "20"}


def test_incident_and_alert_say_why_they_stand_together(visit: Visit, cast: Cast) -> None:
    import_all(cast.customer, [made("a", "ws-12"), made("b", "ws-12", hours=10.05), made("c", "ws-9")])
    analyst = visit("analyst")
    number = alert(cast, "a").incident.number
    response = analyst.get(f"/incidents/{number}")
    assert text_of(response).count("Correlated:") == 1
    assert "Correlated: same device ws-12 as “Of a” , 3 minutes apart" in text_of(response)
    assert f'href="/alerts/a?tid={cast.customer.id}"' in response.content.decode()
    assert "Correlated same device ws-12 as alert a , 3 minutes apart" in text_of(analyst.get("/alerts/b"))
    assert "Correlated" not in text_of(analyst.get("/alerts/a"))
    # The document is Graph's, and says nothing that is not in its schema.
    assert "orrelat" not in alert(cast, "b").document


def test_reason_that_names_something_hidden_is_on_no_page(visit: Visit, cast: Cast) -> None:
    hide(cast, "srv")
    import_all(cast.customer, [made("secret", "srv-1", users=["ann"]), made("b", "ws-12", users=["ann"])])
    number = alert(cast, "b").incident.number
    for path, told in ((f"/incidents/{number}", "as “Of secret”"), ("/alerts/b", "as alert secret")):
        assert told in text_of(visit("admin").get(path))
        seen = text_of(visit("analyst").get(path))
        assert "orrelated" not in seen
        assert "secret" not in seen


def test_settings_are_shown_changed_and_recorded(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    page = admin.get("/correlation")
    assert "inside this tenant only" in text_of(page)
    assert page.context["form"]["kinds"].value() == list(CorrelationKind)
    assert page.context["form"]["window_hours"].value() == 24
    assert admin.post("/correlation", FORM).status_code == 302
    kinds = frozenset({CorrelationKind.PROCESS, CorrelationKind.USER})
    assert read_rules(cast.customer.id) == Rules(kinds, timedelta(hours=6), 20)
    assert read_rules(cast.other.id) == Rules()
    form = admin.get("/correlation").context["form"]
    assert [form[name].value() for name in FORM] == [["process", "user"], 6, 20]
    tags = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="correlation.changed")
    assert tags.get().actor_name == "Admin"
    # None at all turns it off: such a form holds no kind.
    assert admin.post("/correlation", {"window_hours": "6", "largest": "20"}).status_code == 302
    assert read_rules(cast.customer.id).kinds == frozenset()


@pytest.mark.parametrize(
    "bad", [{"window_hours": "0"}, {"window_hours": "x"}, {"largest": "301"}, {"kinds": ["address"]}]
)
def test_settings_that_make_no_sense_are_shown_again(
    visit: Visit, cast: Cast, bad: dict[str, object]
) -> None:
    response = visit("admin").post("/correlation", FORM | bad)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == list(bad)
    assert read_rules(cast.customer.id) == Rules()


def test_settings_are_only_for_who_manages_security_settings(visit: Visit, cast: Cast) -> None:
    for name in ("analyst", "lead", "reader", "member", "helper"):
        assert visit(name).get("/correlation").status_code == 403
        assert visit(name).post("/correlation", FORM).status_code == 403
    outsider = visit("outsider")
    assert outsider.get("/correlation").status_code == outsider.post("/correlation", FORM).status_code == 404
    assert read_rules(cast.customer.id) == Rules()
