"""The directory's lists over several tenants, where none of them holds anything."""

from collections.abc import Callable

from tests.cast import Cast
from tests.web.conftest import Visitor, text_of

type SignIn = Callable[..., Visitor]


def test_empty_list_says_whether_a_role_is_wanting(cast: Cast, visit: SignIn) -> None:
    untold = "You hold no role that shows this in any of these tenants."
    analyst, admin = (Visitor(visit(name).client, "all") for name in ("analyst", "admin"))
    assert untold in text_of(analyst.get("/notifications"))
    assert "Nothing matches these filters." in text_of(analyst.get("/notifications", q="x"))
    text = text_of(admin.get("/notifications"))
    assert "There is nothing here yet in the tenants where you may see it." in text
    assert untold not in text
