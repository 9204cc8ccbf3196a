"""The Dutch of the portal: complete, true to its placeholders, and shown to who asks for it."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import polib
import pytest
from django.test import Client
from django.utils import translation

from tests.cast import Cast
from tests.web.conftest import Visitor, text_of
from tidegate.accounts.models import Account
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.directory.actions.tenants import _DESCRIPTIONS
from tidegate.web.domain_reasons import REASONS
from tidegate.web.domain_words import ROLES, SENTENCES
from tidegate.web.visit import say

ROOT: Final = Path(__file__).resolve().parents[2] / "src" / "tidegate"
CATALOG: Final = polib.pofile(str(ROOT / "locale/nl/LC_MESSAGES/django.po"), encoding="utf-8")
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]|%%|%[a-z]|\{\w*\}|</?\w+[^>]*>")
TRANSLATE: Final = re.compile(
    r"""{% translate (?P<quote>["'])(?P<words>.+?)(?P=quote) (?:context "[^"]+" )?(?:as \w+ )?%}"""
)
ROOMS: Final = (
    "core", "authorization", "audit", "accounts", "directory", "customers", "devices", "gate", "entitlements",
    "incidents", "notifications", "feeds", "web",
)  # fmt: skip
REFUSALS: Final = {"Conflict", "InvalidInput", "NotFound"}


@pytest.fixture
def dutch_account(cast: Cast) -> None:
    Account.objects.filter(id=cast.accounts["admin"].id).update(language="nl")


def _pairs(entry: polib.POEntry) -> Iterator[tuple[str, str]]:
    if not entry.msgid_plural:
        yield entry.msgid, entry.msgstr
        return
    assert sorted(entry.msgstr_plural) == [0, 1], entry.msgid
    yield entry.msgid, entry.msgstr_plural[0]
    yield entry.msgid_plural, entry.msgstr_plural[1]


def _placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _fixed_sentences(path: Path) -> Iterator[str]:
    """Sentences given to an error as they are: those with numbers in them are no constants."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
            dicts = [word.value for word in node.keywords if isinstance(word.value, ast.Dict)]
            for value in (*node.args, *(value for given in dicts for value in given.values)):
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def _marked_in_python(path: Path) -> Iterator[str]:
    """What this module hands to gettext, under whatever name it imported it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    names = {
        name.asname or name.name
        for node in imports
        if node.module == "django.utils.translation"
        for name in node.names
        if "gettext" in name.name
    }
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            said = node.args[1 if node.func.id.startswith("pgettext") else 0]
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                yield said.value


def _marked_in_template(path: Path) -> Iterator[str]:
    """The arguments of `translate`; the catalogue keeps their percent signs doubled."""
    for match in TRANSLATE.finditer(path.read_text(encoding="utf-8")):
        yield match["words"].replace("%", "%%")


def test_everything_marked_is_in_the_catalog() -> None:
    marked = {text for path in ROOT.rglob("*.py") for text in _marked_in_python(path)}
    marked |= {text for path in ROOT.rglob("templates/**/*.html") for text in _marked_in_template(path)}
    assert sorted(marked - {entry.msgid for entry in CATALOG}) == []


def test_catalog_is_complete() -> None:
    assert [entry.msgid for entry in CATALOG.untranslated_entries()] == []
    assert [entry.msgid for entry in CATALOG.fuzzy_entries()] == []
    assert not CATALOG.metadata_is_fuzzy


def test_catalog_says_what_it_is() -> None:
    assert CATALOG.metadata["Language"] == "nl"
    assert CATALOG.metadata["Plural-Forms"] == "nplurals=2; plural=(n != 1);"


def test_translations_keep_placeholders_and_edges() -> None:
    pairs = [pair for entry in CATALOG for pair in _pairs(entry)]
    holders = [pair for pair in pairs if _placeholders(pair[0]) != _placeholders(pair[1])]
    assert holders == []
    assert [pair for pair in pairs if _edges(pair[0]) != _edges(pair[1])] == []


def test_every_fixed_refusal_is_listed() -> None:
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    said = {sentence for path in files for sentence in _fixed_sentences(path)}
    assert sorted(said - {*REASONS, *SENTENCES}) == []


@pytest.mark.parametrize("sentence", [*REASONS, *SENTENCES, *ROLES])
def test_every_listed_refusal_is_translated(sentence: str) -> None:
    with translation.override("nl"):
        assert translation.gettext(sentence) != sentence


def test_refusal_is_said_in_the_language_of_the_reader() -> None:
    with translation.override("nl"):
        assert say(Conflict("This user is blocked already.")) == "Deze gebruiker is al geblokkeerd."
        assert say(InvalidInput(fields={"ends_at": "must lie in the future"})).endswith(
            "moet in de toekomst liggen"
        )


@pytest.mark.usefixtures("plain_static")
@pytest.mark.django_db
def test_sign_in_page_follows_the_browser() -> None:
    page = Client().get("/sign-in", headers={"accept-language": "nl"}).content.decode()
    assert '<html lang="nl"' in page
    assert "E-mailadres" in page
    assert "Wachtwoord" in page
    assert "Passkey gebruiken" in page
    assert "Password<" not in page


@pytest.mark.usefixtures("plain_static")
@pytest.mark.django_db
def test_unknown_language_gets_english() -> None:
    page = Client().get("/sign-in", headers={"accept-language": "xx"}).content.decode()
    assert '<html lang="en"' in page
    assert "Use a passkey" in page


@pytest.mark.usefixtures("dutch_account")
def test_properties_are_dutch_for_a_dutch_account(visit: Callable[..., Visitor]) -> None:
    response = visit("admin").get("/properties")
    words = text_of(response)
    assert '<html lang="nl"' in response.content.decode()
    assert "Directory-ID" in words
    assert "Tenantspecifieke link" in words
    assert "Je bent lid" in words
    assert "Directory ID" not in words


@pytest.mark.usefixtures("dutch_account")
def test_account_outweighs_the_browser(visit: Callable[..., Visitor]) -> None:
    admin = visit("admin")
    response = admin.client.get("/roles", {"tid": admin.tid}, headers={"accept-language": "en"})
    assert "Wie een rol heeft" in text_of(response)


def test_built_in_roles_say_what_they_hold() -> None:
    assert set(_DESCRIPTIONS.values()) == set(ROLES)


@pytest.mark.usefixtures("dutch_account")
def test_built_in_role_is_described_in_dutch(visit: Callable[..., Visitor]) -> None:
    assert "Alles in deze tenant, inclusief de directory." in visit("admin").get("/roles").content.decode()


@pytest.mark.usefixtures("dutch_account")
def test_refused_action_is_told_in_dutch(visit: Callable[..., Visitor]) -> None:
    response = visit("admin").post("/groups/create", {"display_name": "Tier 1"})
    assert "Er is al een groep met deze naam." in text_of(response)
