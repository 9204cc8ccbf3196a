"""What holds for every page by construction: weight, strict CSP, and icons that exist."""

import gzip
import re
from pathlib import Path

import pytest

import tidegate.web
from tidegate.web.templatetags.tidegate_assets import MODULES, PAGE_STYLESHEETS, STYLESHEETS
from tidegate.web.tenant_color import HUES

WEB = Path(tidegate.web.__file__).parent
STATIC = WEB / "static" / "tidegate"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "mail" not in path.parts]
CSS = "".join((STATIC / "css" / f"{name}.css").read_text() for name in (*STYLESHEETS, *PAGE_STYLESHEETS))
SPRITE = (STATIC / "icons" / "sprite.svg").read_text()


def test_every_style_sheet_and_module_is_linked() -> None:
    assert {*STYLESHEETS, *PAGE_STYLESHEETS} == {path.stem for path in (STATIC / "css").glob("*.css")}
    assert set(MODULES) <= {path.stem for path in (STATIC / "js").glob("*.js")}
    assert len(STYLESHEETS) <= 12


def test_style_and_script_stay_light() -> None:
    scripts = b"".join((STATIC / "js" / f"{name}.js").read_bytes() for name in MODULES)
    assert len(gzip.compress(CSS.encode())) < 25_000
    assert len(gzip.compress(scripts)) < 10_000
    assert len(gzip.compress((STATIC / "js" / "vendor" / "htmx.min.js").read_bytes())) < 20_000


def test_braces_of_style_sheets_balance() -> None:
    for name in STYLESHEETS:
        text = (STATIC / "css" / f"{name}.css").read_text()
        assert text.count("{") == text.count("}"), name


def test_every_rule_is_in_a_layer() -> None:
    outside = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
    while (stripped := re.sub(r"\{[^{}]*\}", "", outside)) != outside:
        outside = stripped
    statements = {line.strip() for line in re.split(r"(?=@)|;", outside) if line.strip()}
    assert {statement.split()[0] for statement in statements} == {"@layer"}


def test_every_hue_has_its_rule() -> None:
    assert {int(hue) for hue in re.findall(r'\[data-hue="(\d+)"\]', CSS)} == set(HUES)


def test_custom_properties_that_are_used_are_declared() -> None:
    used = set(re.findall(r"var\((--[\w-]+)", CSS))
    declared = set(re.findall(r"(--[\w-]+)\s*:", CSS))
    assert used <= declared


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_template_obeys_the_strict_content_security_policy(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")[^>]*>", text)
    assert "<style" not in text
    assert "|safe" not in text


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_template_uses_icons_that_exist(path: Path) -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    assert set(re.findall(r'\{% icon "([\w-]+)"', path.read_text())) <= drawn
