"""Documents for tests of the manifest."""

from pathlib import Path
from textwrap import dedent
from typing import Final

from tidegate.manifest.applying import apply
from tidegate.manifest.desk import Run
from tidegate.manifest.reading import read_document

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE: Final = DOCS / "examples" / "provider.yaml"

PROVIDER: Final = "3f1c2a8e-7d54-4b61-9c0e-5a2b8f7d6e01"
CUSTOMER: Final = "5e8a4d17-2b93-4f0c-a6d8-91c7e3b05f42"
CLIENT: Final = "8b0d3c52-41a7-4e2f-8d19-c6f5a9e7b302"


def apply_text(text: str, *, dry_run: bool = False) -> Run:
    """Apply the items of `tenants`, written as YAML."""
    return apply(read_document(f"version: 1\ntenants:\n{dedent(text)}"), dry_run=dry_run)


def apply_example() -> Run:
    return apply(read_document(EXAMPLE.read_text()))
