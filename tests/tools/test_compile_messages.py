"""Translations: compiled without gettext, and told when stale, unfinished or unreadable."""

import gettext
from pathlib import Path

import pytest

from tools.compile_messages import compile_catalog, find_faults

HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
DUTCH = HEADER + 'msgid "Alerts"\nmsgstr "Waarschuwingen"\n\nmsgid "%d day"\nmsgid_plural "%d days"\n'
DUTCH += 'msgstr[0] "%d dag"\nmsgstr[1] "%d dagen"\n'


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    path = tmp_path / "src" / "web" / "locale" / "nl" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(DUTCH)
    path.with_suffix(".mo").write_bytes(compile_catalog(path))
    return path


def test_compiled_catalog_is_read_by_gettext(catalog: Path) -> None:
    with catalog.with_suffix(".mo").open("rb") as file:
        translations = gettext.GNUTranslations(file)
    assert translations.gettext("Alerts") == "Waarschuwingen"
    assert translations.ngettext("%d day", "%d days", 3) == "%d dagen"


def test_finished_catalog_has_no_faults(catalog: Path, tmp_path: Path) -> None:
    assert catalog.exists()
    assert list(find_faults(tmp_path)) == []


def test_changed_catalog_is_stale(catalog: Path, tmp_path: Path) -> None:
    catalog.write_text(DUTCH.replace("Waarschuwingen", "Meldingen"))
    (fault,) = find_faults(tmp_path)
    assert fault.endswith("django.po: its .mo file is missing or stale; run make messages")


@pytest.mark.parametrize(
    "entry", ['msgid "Devices"\nmsgstr ""\n', '#, fuzzy\nmsgid "Devices"\nmsgstr "Dingen"\n']
)
def test_unfinished_entry_is_named_with_its_line(catalog: Path, tmp_path: Path, entry: str) -> None:
    catalog.write_text(DUTCH + "\n" + entry)
    assert next(find_faults(tmp_path)).endswith("not translated: 'Devices'")


def test_unreadable_catalog_is_one_fault(catalog: Path, tmp_path: Path) -> None:
    catalog.write_text('msgid "Alerts\nmsgstr\n')
    (fault,) = find_faults(tmp_path)
    assert "django.po: cannot be read (" in fault
