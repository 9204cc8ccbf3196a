"""A document is applied: everything in it, or nothing."""

from typing import Any

from django.db import transaction

from tidegate.manifest.desk import Desk, Run
from tidegate.manifest.forms.document import Document, TenantForm
from tidegate.manifest.places import Place
from tidegate.manifest.sections.registry import SECTIONS, Section
from tidegate.manifest.tenants import lock_tenants, open_desk


def apply(document: Document, *, dry_run: bool = False) -> Run:
    """Bring the database to what the document says; what was done stands in the answer, in words.

    With `dry_run` the same is done and undone again, so that what would be refused is refused. Raises
    Misfit, and then nothing was written.
    """
    run = Run()
    with transaction.atomic():
        lock_tenants(document)
        places = [Place("tenants").item(number) for number in range(len(document.tenants))]
        desks = [open_desk(run, form, place) for form, place in zip(document.tenants, places, strict=True)]
        for section in SECTIONS:
            for desk, form in zip(desks, document.tenants, strict=True):
                _settle(section, desk, form)
        for section in reversed(SECTIONS):
            for desk, form in zip(desks, document.tenants, strict=True):
                _clear(section, desk, form)
        transaction.set_rollback(dry_run)
    return run


def _settle(section: Section, desk: Desk, form: TenantForm) -> None:
    settle = section.settle
    if settle is None:
        return

    def visit(at: Desk, item: Any) -> None:
        if getattr(item, "state", "present") == "present":
            settle(at, item)

    _each(section, desk, form, visit)


def _clear(section: Section, desk: Desk, form: TenantForm) -> None:
    if section.clear is not None:
        _each(section, desk, form, section.clear)


def _each(section: Section, desk: Desk, form: TenantForm, visit: Any) -> None:
    desk.each(section.member, getattr(form, section.member), visit)
