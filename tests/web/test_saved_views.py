"""Lists saved under a name: one's own and shared ones, at home, for members."""

from collections.abc import Callable

import pytest

from tests.cast import Cast, import_all
from tests.web.conftest import Visitor
from tests.web.queue_pages import some_incident
from tidegate.incidents.models import SavedView

type SignIn = Callable[..., Visitor]


@pytest.fixture
def queue(cast: Cast) -> Cast:
    import_all(cast.customer, [some_incident(41)])
    return cast


def save(visitor: Visitor, name: str = "Night", **sent: str) -> int:
    given = {"page": "incidents", "query": "severity=high&assigned=none", **sent}
    return int(visitor.post("/views", {"name": name, **given}).status_code)


def is_offered(visitor: Visitor, name: str, path: str = "/incidents") -> bool:
    html = visitor.get(path).content.decode()
    return f">{name}</a>" in html or f'>{name} <span class="badge">shared</span></a>' in html


def may_delete(visitor: Visitor, name: str) -> bool:
    return f"Delete the view {name}" in visitor.get("/incidents").content.decode()


def test_saved_list_is_found_again_in_every_tenant(queue: Cast, visit: SignIn) -> None:
    here = visit("analyst")
    assert save(here) == 302
    view = SavedView.objects.of_tenant(queue.provider.id).get()
    assert (view.tid, view.params) == ("", {"severity": "high", "assigned": "none"})
    assert view.owner_user_id == queue.user("analyst", queue.provider).id
    for visitor in (here, Visitor(here.client, "all")):
        html = visitor.get("/incidents").content.decode()
        assert f"/incidents?tid={visitor.tid}&amp;assigned=none&amp;severity=high" in html
    assert not is_offered(here, "Night", "/alerts")


def test_view_over_several_tenants_opens_those(queue: Cast, visit: SignIn) -> None:
    assert save(Visitor(visit("analyst").client, "all"), of="all") == 302
    html = visit("analyst").get("/incidents").content.decode()
    assert "/incidents?tid=all&amp;assigned=none&amp;severity=high" in html


def test_same_name_replaces_ones_own(queue: Cast, visit: SignIn) -> None:
    save(visit("analyst"), "Night")
    save(visit("analyst"), "night", query="severity=low")
    assert SavedView.objects.of_tenant(queue.provider.id).get().params == {"severity": "low"}


def test_private_views_are_nobody_elses_and_shared_ones_all_members(queue: Cast, visit: SignIn) -> None:
    save(visit("analyst"), "Mine")
    assert save(visit("boss", queue.provider), "Ours", shared="1") == 302
    assert [is_offered(visit("analyst"), name) for name in ("Mine", "Ours")] == [True, True]
    assert [is_offered(visit("lead"), name) for name in ("Mine", "Ours")] == [False, True]
    for name in ("admin", "reader"):
        assert not is_offered(visit(name), "Ours")
    assert not is_offered(visit("outsider", queue.other), "Ours")


def test_sharing_and_unsharing_need_the_permission(queue: Cast, visit: SignIn) -> None:
    assert save(visit("analyst"), "Ours", shared="1") == 403
    save(visit("boss", queue.provider), "Ours", shared="1")
    view = SavedView.objects.of_tenant(queue.provider.id).get()
    assert visit("analyst").post(f"/views/{view.id}/delete").status_code == 403
    assert visit("admin").post(f"/views/{view.id}/delete").status_code == 404
    assert visit("outsider", queue.other).post(f"/views/{view.id}/delete").status_code == 404
    assert visit("boss", queue.provider).post(f"/views/{view.id}/delete").status_code == 302
    assert not SavedView.objects.of_tenant(queue.provider.id).exists()


def test_sharing_is_offered_to_whom_it_is_granted(queue: Cast, visit: SignIn) -> None:
    save(visit("boss", queue.provider), "Ours", shared="1")
    boss, analyst = visit("boss", queue.provider), visit("analyst")
    for visitor, is_granted in ((boss, True), (analyst, False)):
        assert is_offered(visitor, "Ours")
        assert may_delete(visitor, "Ours") is is_granted
        for tid in (visitor.tid, "all"):
            here = Visitor(visitor.client, tid)
            for path in ("/incidents", "/alerts", "/devices"):
                html = here.get(path).content.decode()
                assert "Save view" in html
                assert ("For all my colleagues" in html) is is_granted
            assert save(here, "Theirs", shared="1") == (302 if is_granted else 403)


@pytest.mark.parametrize(
    "sent",
    [
        {"name": ""},
        {"name": "x" * 65},
        {"page": "users"},
        {"query": "severity=awful"},
        {"query": "tenant=everyone"},
        {"query": "q=" + "x" * 300},
    ],
    ids=("no name", "long name", "page", "severity", "tenant", "text"),
)
def test_what_is_no_list_is_not_saved(queue: Cast, visit: SignIn, sent: dict[str, str]) -> None:
    save(visit("analyst"), **{"name": "Night", **sent})
    assert not SavedView.objects.of_tenant(queue.provider.id).exists()
