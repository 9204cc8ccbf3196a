"""A document is applied: everything in it, or nothing."""

from collections.abc import Callable
from functools import partial

from django.db import transaction

from tidegate.manifest.desk import Desk, Run
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.document import Document, TenantForm
from tidegate.manifest.places import Place, refusing_at
from tidegate.manifest.sections.registry import SECTIONS, Item, Section
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
    items = getattr(form, section.member)
    if section.settle is not None:
        desk.each(section.member, items, partial(_settle_present, section.settle))
    if section.arrange is not None and items is not UNSET:
        with refusing_at(desk.place):
            section.arrange(desk, [item for item in items if _is_present(item)])


def _settle_present(settle: Callable[[Desk, Item], None], desk: Desk, item: Item) -> None:
    if _is_present(item):
        settle(desk, item)


def _clear(section: Section, desk: Desk, form: TenantForm) -> None:
    if section.clear is not None:
        desk.each(section.member, getattr(form, section.member), section.clear)


def _is_present(item: Item) -> bool:
    # A catalog cannot be absent, and a thing that is only named is meant to be there.
    return getattr(item, "state", "present") == "present"
