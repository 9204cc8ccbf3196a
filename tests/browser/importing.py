"""A file is taken in by the page that is there for it."""

import json

from playwright.sync_api import Page, expect


def import_file(page: Page, tid: str, name: str, records: list[dict[str, object]]) -> None:
    """Take these records in, as one list, and wait until they are."""
    page.goto(f"/imports?tid={tid}")
    text = json.dumps({"value": records})
    file = {"name": name, "mimeType": "application/json", "buffer": text.encode()}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Import").click()
    expect(page.locator("#progress").get_by_role("link", name="Open the incidents")).to_be_visible(
        timeout=30_000
    )
