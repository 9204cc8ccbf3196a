"""Pages about emergency access: what the customer sees, what whoever opened it writes."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast
from tests.entitlements.test_write_ups import END, TEXT, break_glass, offer_glass, write
from tests.web.conftest import Visitor, text_of
from tidegate.core.clock import standing_at
from tidegate.core.errors import NotFound
from tidegate.entitlements.models import WriteUp
from tidegate.gate.opening import open as open_gate

type Visit = Callable[..., Visitor]


def test_the_customer_sees_who_confirmed_and_what_was_done(visit: Visit, cast: Cast) -> None:
    held = break_glass(cast)
    admin = visit("admin")
    assert "Boss Harbour Watch Analyst Open now Emergency" in text_of(admin.get("/break-glass"))
    page = admin.get(f"/break-glass/{held.id}")
    assert "Confirmed by Analyst" in text_of(page)
    log = (
        f"/audit?tid={admin.tid}&amp;actor=boss%40provider.example&amp;since=2026-03-10&amp;until=2026-03-10"
    )
    assert log in page.content.decode()
    assert admin.get("/audit", actor="boss@provider.example", since="2026-03-10").status_code == 200


def test_the_customer_ends_it_at_once(visit: Visit, cast: Cast) -> None:
    held = break_glass(cast)
    admin, address = visit("admin"), f"/break-glass/{held.id}/end"
    assert "Boss is out of Delta Mills from the next request on." in text_of(admin.get(address))
    admin.post(address)
    try:
        open_gate(cast.actor("boss"), str(cast.customer.id))
    except NotFound:
        pass
    else:
        raise AssertionError("Still inside.")
    assert "Write-up awaited" in text_of(admin.get("/break-glass"))


def test_a_write_up_is_written_from_home_and_seen(visit: Visit, cast: Cast) -> None:
    held = break_glass(cast)
    address = f"/break-glass/write-ups/{held.id}"
    assert "Your access has not ended yet." in text_of(visit("boss").get(address))
    with standing_at(END):
        boss, admin = visit("boss"), visit("admin")
        assert boss.get("/incidents").status_code == 404
        page = boss.get(address)
        assert "Write-up for Delta Mills" in text_of(page)
        short = boss.post(address, {"text": "Did things"})
        assert (short.status_code, "at least 40 characters" in text_of(short)) == (400, True)
        assert "Did things" in short.content.decode()
        assert boss.post(address, {"text": TEXT}).url == f"{address}?tid={boss.tid}"
        assert TEXT in text_of(boss.get(address))
        assert boss.post(address, {"text": TEXT}).status_code == 400
        assert TEXT in text_of(admin.get(f"/break-glass/{held.id}"))
        admin.post(f"/break-glass/{held.id}/seen")
        assert "Seen by Admin" in text_of(admin.get(f"/break-glass/{held.id}"))


def test_ones_own_are_listed_at_home(visit: Visit, cast: Cast) -> None:
    held = break_glass(cast)
    with standing_at(END):
        page = visit("boss", cast.provider).get("/break-glass/write-ups")
        assert "Delta Mills Emergency Write-up awaited" in text_of(page)
        assert f"/break-glass/write-ups/{held.id}?tid={cast.customer.id}" in page.content.decode()
        others = visit("analyst", cast.provider).get("/break-glass/write-ups")
    assert "You have had no emergency access." in text_of(others)


def test_it_is_overdue_after_a_day(visit: Visit, cast: Cast) -> None:
    break_glass(cast)
    with standing_at(WriteUp.objects.of_tenant(cast.customer.id).get().due_at):
        assert "Write-up overdue" in text_of(visit("admin").get("/break-glass"))


def test_others_see_and_change_nothing(visit: Visit, cast: Cast) -> None:
    held = break_glass(cast)
    own, page = f"/break-glass/write-ups/{held.id}", f"/break-glass/{held.id}"
    with standing_at(END):
        write(cast, held)
        for name in ("analyst", "lead", "admin", "outsider"):
            assert visit(name).get(own).status_code == 404
            assert visit(name).post(own, {"text": TEXT}).status_code == 404
        assert {name: visit(name).get(page).status_code for name in ("reader", "lead", "outsider")} == {
            "reader": 200,
            "lead": 403,
            "outsider": 404,
        }
        for path in (f"{page}/seen", f"{page}/end"):
            assert visit("reader").post(path).status_code == 403
            assert visit("outsider", cast.other).post(path).status_code in {302, 404}
        assert visit("outsider", cast.other).get(page).status_code == 404
    assert WriteUp.objects.of_tenant(cast.customer.id).get().seen_at is None


def test_the_overview_tells_administrators_first_thing(visit: Visit, cast: Cast) -> None:
    assert "emergency access" not in text_of(visit("admin").get("/"))
    held = break_glass(cast)
    told = "Boss has emergency access (Emergency), confirmed by Analyst, until 10:00"
    assert told in text_of(visit("admin").get("/"))
    assert told not in text_of(visit("lead").get("/"))
    with standing_at(END):
        assert "1 write-up is still to be written." in text_of(visit("admin").get("/"))
        write(cast, held)
        assert "1 write-up waits to be read." in text_of(visit("admin").get("/"))


def test_a_text_that_is_code_stays_text(visit: Visit, cast: Cast) -> None:
    held = break_glass(cast)
    with standing_at(END):
        write(cast, held, text="<img src=x onerror=alert(1)> and more than forty characters of it")
        for page in (
            visit("admin").get(f"/break-glass/{held.id}"),
            visit("boss").get(f"/break-glass/write-ups/{held.id}"),
        ):
            assert "<img src=x" not in page.content.decode()


def test_lists_ask_as_much_for_three_openings_as_for_one(visit: Visit, cast: Cast) -> None:
    policy = offer_glass(cast)
    held = [break_glass(cast, policy)]
    admin = visit("admin")
    admin.get("/break-glass")
    with CaptureQueriesContext(connection) as few:
        admin.get("/break-glass")
    for number in (1, 2):
        with standing_at(NOW + number * (END - NOW)):
            write(cast, held[-1])
            held.append(break_glass(cast, policy))
    admin.get("/break-glass")
    with CaptureQueriesContext(connection) as many:
        admin.get("/break-glass")
    assert len(many) == len(few)
