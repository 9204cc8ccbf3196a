"""What a page looks like: what axe finds wrong with it, and whether it fits, in each mode."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # carries no types
from playwright.sync_api import Page

from tools.shots import MODES

AXE = Axe().axe_script
# In the dark and on a phone a page has the marks that it has in the light: what its colours and its room
# change is looked at again. In Dutch it has its colours too.
_COLORS = ["color-contrast", "link-in-text-block"]
RULES: dict[str, dict[str, Any]] = {
    "dark": {"runOnly": _COLORS},
    "phone": {"runOnly": [*_COLORS, "scrollable-region-focusable", "aria-hidden-focus"]},
}


def axe_findings(page: Page, mode: str) -> list[str]:
    """What axe finds wrong; only that comes back of its report, which tells of all that is right as well."""
    found = page.evaluate(
        "options => axe.run(document, options).then(({violations}) => violations.map("
        "one => `${one.id}: ${one.nodes[0].target} and ${one.nodes.length - 1} more`))",
        RULES.get(mode, {}) | {"resultTypes": ["violations"]},
    )
    return list(found)


def turn(page: Page, mode: str) -> None:
    """Give the page that is open the room and the colours of a mode: no page asks for them as it is made."""
    page.emulate_media(color_scheme=MODES[mode]["color_scheme"])
    page.set_viewport_size(MODES[mode]["viewport"])


def look(page: Page, mode: str) -> list[str]:
    """What is wrong with a page that holds axe, as it is now."""
    wrong = axe_findings(page, mode)
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    wrong += [f"{width} px too wide"] if width > 0 else []
    return wrong + ([] if page.locator("html").get_attribute("lang") == "en" else ["is not in English"])
