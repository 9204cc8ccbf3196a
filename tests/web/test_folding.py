"""What a language alone decides is drawn once in it; what varies is drawn each time."""

from typing import Any

import pytest
from django.template import Context, Template, engines
from django.utils import translation

from tidegate.web import folding

TEXT = (
    "{% load i18n tidegate %}{% comment %}no{% endcomment %}<b>{% translate 'Incidents' %}</b>"
    "{% icon 'cross' size=14 %}{% keys 'g' 'd' %}{% if shown %}<i>{% translate 'Severity' %} {{ name }}</i>"
    "{% else %}{% translate 'Close' %}{% endif %}{% for one in many %}{% icon one %}{% translate 'Any' %}"
    "{% endfor %}{% translate name %}{% translate 'Any' as kept %}{{ kept|upper }}"
)


@pytest.fixture
def pair() -> tuple[Template, Template]:
    django: Any = engines["django"]
    engine = django.engine
    plain, folded = Template(TEXT, engine=engine), Template(TEXT, engine=engine)
    folding._fold(folded.nodelist)
    return plain, folded


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("name", ["Incidents", "<one>"])
def test_folded_template_draws_what_the_plain_one_does(
    pair: tuple[Template, Template], *, shown: bool, name: str
) -> None:
    plain, folded = pair
    values: dict[str, Any] = {"shown": shown, "name": name, "many": ["cross", "plus"]}
    drawn = []
    for language in ("en", "nl", "en"):
        with translation.override(language):
            drawn.append(folded.render(Context(values)))
            assert drawn[-1] == plain.render(Context(values))
    assert drawn[0] != drawn[1]
    assert drawn[0] == drawn[2]


def test_fixed_neighbours_are_one_node(pair: tuple[Template, Template]) -> None:
    kinds = [type(node).__name__ for node in pair[1].nodelist]

    assert kinds == ["_Fixed", "IfNode", "ForNode", "TranslateNode", "TranslateNode", "VariableNode"]


def test_fixed_node_is_drawn_once_in_a_language(
    pair: tuple[Template, Template], monkeypatch: pytest.MonkeyPatch
) -> None:
    pair[1].render(Context({}))
    first: Any = pair[1].nodelist[0]
    monkeypatch.setattr(type(first.nodes[0]), "render", pytest.fail)

    assert "<b>" in pair[1].render(Context({}))


def test_templates_of_the_portal_are_folded() -> None:
    template: Any = engines["django"].get_template("web/frame/navigation.html")

    assert any(isinstance(node, folding._Fixed) for node in template.template.nodelist)
