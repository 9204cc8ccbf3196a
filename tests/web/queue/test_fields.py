"""The form that adds a filter: what it offers, and what of that is in force."""

import re
from collections.abc import Callable

import pytest

from tests.cast import Cast, import_all
from tests.web.conftest import Visitor
from tests.web.queue_pages import some_incident
from tidegate.web.templatetags.tidegate_forms import options

type Visit = Callable[..., Visitor]


def chosen_in(html: str) -> dict[str, str]:
    """The value in force of each select of the filters; empty where none was chosen."""
    selects = re.findall(r'<select class="input input-28" name="(\w+)">(.*?)</select>', html)
    found = {name: re.findall(r'value="([^"]*)" selected', inside) for name, inside in selects}
    return {name: values[0] if values else "" for name, values in found.items()}


@pytest.mark.parametrize(
    ("path", "params", "chosen"),
    [
        ("/incidents", {}, {}),
        ("/incidents", {"status": "any", "assigned": "none"}, {"status": "any", "assigned": "none"}),
        ("/incidents", {"due": "late"}, {"due": "late"}),
        (
            "/alerts",
            {"status": "inProgress", "source": "microsoftdefenderforendpoint", "since": "7d"},
            {"status": "inProgress", "source": "microsoftDefenderForEndpoint", "since": "7d"},
        ),
    ],
)
def test_what_is_in_force_is_chosen(
    visit: Visit, cast: Cast, path: str, params: dict[str, str], chosen: dict[str, str]
) -> None:
    import_all(cast.customer, [some_incident(1)])
    found = chosen_in(visit("analyst").get(path, **params).content.decode())
    assert {name: value for name, value in found.items() if value} == chosen
    assert list(found) == ["status", "assigned", "category", "source", "since", "due"][: len(found)]
    assert ("due" in found) is (path == "/incidents")


def test_options_are_escaped() -> None:
    html = options([("", "Any"), ('"><b>', "<script>")], '"><B>')
    assert html == (
        '<option value="">Any</option><option value="&quot;&gt;&lt;b&gt;" selected>&lt;script&gt;</option>'
    )
