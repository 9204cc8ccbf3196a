from collections.abc import Callable

import pytest

from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import graph_alert
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent

type Visit = Callable[..., Visitor]


def import_alerts(cast: Cast) -> None:
    now = NOW.isoformat().replace("+00:00", "Z")
    times = dict.fromkeys(("createdDateTime", "lastUpdateDateTime", "firstActivityDateTime"), now)
    for number in range(3):
        import_all(
            cast.customer,
            [
                graph_alert(
                    id=f"da{number}", incidentId=str(number + 1), severity="high", status="new", **times
                )
            ],
        )


def test_numbers_and_plots_of_one_tenant(visit: Visit, cast: Cast) -> None:
    import_alerts(cast)
    import_all(cast.other, [graph_alert(id="da9", title="Other's own")])

    page = visit("analyst").get("/")
    text = text_of(page)

    assert page.status_code == 200
    assert "Open incidents 3" in text
    assert "High, no owner 3" in text
    assert page.content.count(b"<svg") > 4
    assert b"alert-days-table" in page.content


def test_guest_is_told_of_and_member_is_not(visit: Visit, cast: Cast) -> None:
    visit("admin").get("/")
    visit("analyst").get("/")

    seen = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="overview.viewed")
    assert [event.actor_email for event in seen] == ["analyst@provider.example"]


def test_who_holds_no_role_is_told_so(visit: Visit) -> None:
    page = visit("member").get("/")

    assert page.status_code == 200
    assert "hold no role that shows incidents" in text_of(page)
    assert "Open incidents" not in text_of(page)


def test_without_tid_the_home_tenant_opens(visit: Visit, cast: Cast) -> None:
    page = visit("boss").client.get("/")

    assert page.status_code == 200
    assert b"<title>Harbour Watch" in page.content


@pytest.mark.parametrize("span", ["90d", "'", "\0"])
def test_a_span_that_is_not_offered_is_refused_by_name(visit: Visit, span: str) -> None:
    page = visit("analyst").get("/", span=span)

    assert page.status_code == 400
    assert "span" in text_of(page)


def test_empty_tenant_has_sentences_instead_of_plots(visit: Visit) -> None:
    text = text_of(visit("analyst").get("/"))

    assert "No alerts in these 14 days." in text
    assert "No open incidents." in text
