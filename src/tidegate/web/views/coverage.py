"""Coverage: who of our people may enter which tenants, as what, until when."""

import uuid
from collections.abc import Iterable
from typing import Final

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.directory.coverage import Coverage, CoverageFilter, Matrix, list_coverage, read_matrix
from tidegate.web.exports import stream_csv
from tidegate.web.visit import Visit, in_tenant

_LONGEST_SEARCH: Final = 200
_LAST_PAGE: Final = 10_000
_CSV_HEAD: Final = (
    "person",
    "email",
    "tenant",
    "directory_id",
    "roles",
    "state",
    "access_begins",
    "access_ends",
    "last_entered",
)


@require_safe
@in_tenant("coverage", Permission.COVERAGE_READ)
def show_matrix(visit: Visit) -> HttpResponseBase:
    """The matrix: our people down, the tenants across."""
    chosen, people, tenants = _read_filter(visit), _read_page(visit, "people"), _read_page(visit, "tenants")
    matrix = read_matrix(visit.scope, chosen, people, tenants)
    context = {
        "chosen": chosen,
        "tenants": matrix.tenants,
        "rows": [
            (person, _cells(matrix, person.account_id)) for person in matrix.people if person.account_id
        ],
        "is_filtered": bool(chosen.person or chosen.tenant),
        "export_url": visit.link("coverage_export", person=chosen.person, tenant=chosen.tenant),
        "previous_people": _link(visit, chosen, people - 1, tenants) if people else "",
        "next_people": _link(visit, chosen, people + 1, tenants) if matrix.more_people else "",
        "previous_tenants": _link(visit, chosen, people, tenants - 1) if tenants else "",
        "next_tenants": _link(visit, chosen, people, tenants + 1) if matrix.more_tenants else "",
    }
    return visit.render("web/coverage/show.html", context)


@require_safe
@in_tenant("coverage", Permission.COVERAGE_READ)
def export_matrix(visit: Visit) -> HttpResponseBase:
    """All of it, one line a person and tenant, sent as it is read."""
    found = list_coverage(visit.scope, _read_filter(visit))
    target = Target("tenant", visit.tid, visit.scope.entry.tenant_name)
    record(visit.scope, "coverage.exported", target)
    return stream_csv(visit.scope, f"coverage-{visit.tid}.csv", _CSV_HEAD, _lines(found))


def _lines(found: Iterable[Coverage]) -> Iterable[list[object]]:
    for one in found:
        user = one.user
        times = (user.starts_at, user.ends_at, user.last_entered_at)
        yield [
            user.display_name,
            user.mail,
            user.tenant.display_name,
            user.tenant_id,
            "; ".join(one.role_names),
            one.access,
            *(at.isoformat() if at else "" for at in times),
        ]


def _cells(matrix: Matrix, account_id: uuid.UUID) -> list[Coverage | None]:
    return [matrix.cells.get((account_id, tenant.id)) for tenant in matrix.tenants]


def _read_filter(visit: Visit) -> CoverageFilter:
    return CoverageFilter(_read_text(visit, "person"), _read_text(visit, "tenant"))


def _read_text(visit: Visit, name: str) -> str:
    text = visit.request.GET.get(name, "").replace("\0", "").strip()
    if len(text) > _LONGEST_SEARCH:
        raise InvalidInput(fields={name: f"must be at most {_LONGEST_SEARCH} characters"})
    return text


def _read_page(visit: Visit, name: str) -> int:
    text = visit.request.GET.get(f"{name}_page", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LAST_PAGE))):
        raise InvalidInput(fields={f"{name}_page": "must be the number that the page gave"})
    return int(text)


def _link(visit: Visit, chosen: CoverageFilter, people: int, tenants: int) -> str:
    return visit.link(
        "coverage",
        person=chosen.person,
        tenant=chosen.tenant,
        people_page=str(people or ""),
        tenants_page=str(tenants or ""),
    )
