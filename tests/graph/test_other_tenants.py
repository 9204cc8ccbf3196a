"""Every call of Graph with tokens of another tenant, and with those that open nothing any more.

Whoever asks from outside is answered as if what they name were not there, word for word; and nothing changes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from django.apps import apps
from django.db.models import Model

from tests.applications import (
    Program,
    app_permissions,
    delegated_permissions,
    let_in,
    make_program,
    operator_of,
)
from tests.cast import NOW, Cast
from tests.feeds.receiving import put_in_place
from tests.graph.everything import CALLS, Asked, Names, absent, fill_everything, fill_own
from tests.graph.speaking import Said, Speaker
from tidegate.authorization.api_permissions import GrantKind, Resource
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.directory.actions.applications import disable_application
from tidegate.directory.actions.consents import withdraw_consent
from tidegate.directory.actions.users import block_user, remove_user
from tidegate.directory.applications import find_principal
from tidegate.directory.models import Grant, Tenant
from tidegate.feeds.limits import Limit
from tidegate.feeds.words import Family

type Spoil = Callable[[Cast, Program], None]

ROLES: Final = (
    "SecurityAlert.ReadWrite.All", "SecurityIncident.ReadWrite.All", "Organization.Read.All",
    "User.ReadWrite.All", "GroupMember.ReadWrite.All", "User.Invite.All", "Directory.Read.All",
    "CrossTenantInformation.ReadBasic.All", "EntitlementManagement.ReadWrite.All", "AuditLog.Read.All",
    "ThreatHunting.Read.All",
)  # fmt: skip
SCOPES: Final = (*ROLES, "User.Read")
# What asking itself leaves behind: counts, the ledger, and the record of who tried.
TRACES: Final = frozenset({"Allowance", "AuditEvent", "ChainHead", "Consumer", "DeliveryDay", "Gap"})
IDS: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+Z?")


@pytest.fixture(autouse=True)
def _unlimited(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATE_LIMITS = dict.fromkeys(Family, Limit(0, 0))
    put_in_place(monkeypatch)


@pytest.fixture
def program(cast: Cast, now: None) -> Program:
    """An application of the provider that both tenants let in, with everything."""
    made = make_program(cast)
    for tenant in (cast.customer, cast.other):
        let_in(made, tenant, *app_permissions(Resource.GRAPH, *ROLES))
        let_in(made, tenant, *delegated_permissions(Resource.GRAPH, *SCOPES))
    return made


@pytest.fixture
def theirs(cast: Cast, program: Program) -> Names:
    return fill_everything(cast, program.application.client_id)


def speaker(cast: Cast, program: Program, kind: GrantKind, tenant: Tenant, name: str) -> Speaker:
    if kind == GrantKind.APPLICATION:
        return Speaker(program, program.header(tenant, Resource.GRAPH, *ROLES))
    user = cast.user(name, tenant)
    return Speaker(program, program.header(tenant, Resource.GRAPH, *SCOPES, user=user))


def ask(speaker: Speaker, asked: Asked, names: Names) -> Said:
    return speaker._say(*asked.name(names))


def told(said: Said, *names: Names) -> object:
    """An answer without what names a thing, or when it was given."""
    text = str(said.body)
    for name, value in ((name, value) for each in names for name, value in each.items()):
        text = text.replace(value, f"<{name}>") if len(value) > 3 else text
    return said.status, IDS.sub("<id>", text)


def foreign_names(asked: Asked, own: Names) -> set[frozenset[str]]:
    """Which of the things that a call names are another's: all of them, or one beside one's own."""
    some = {asked.placeholders, *(frozenset({each}) for each in asked.placeholders)}
    return {foreign for foreign in some if foreign and (asked.placeholders - foreign) <= own.keys()}


def everything_of(tenant: Tenant) -> dict[str, list[Any]]:
    """All rows of a tenant."""
    return {
        model.__name__: list(model._base_manager.filter(tenant_id=tenant.id).order_by("pk").values())
        for model in owned()
        if model.__name__ not in TRACES
    }


def owned() -> Iterator[type[Model]]:
    for model in apps.get_models():
        if any(getattr(field, "attname", "") == "tenant_id" for field in model._meta.get_fields()):
            yield model


@pytest.mark.parametrize("kind", GrantKind)
def test_what_another_tenant_has_reads_like_what_nobody_has(
    cast: Cast, program: Program, theirs: Names, kind: GrantKind
) -> None:
    """Also where only one of the things that a call names is another tenant's, and the rest is one's own."""
    own, nowhere = fill_own(cast), absent(theirs)
    outsider = speaker(cast, program, kind, cast.other, "outsider")
    before, compared = everything_of(cast.customer), set[Asked]()
    for asked in CALLS:
        for foreign in foreign_names(asked, own):
            known, unknown = (
                {**own, **{name: found[name] for name in foreign}} for found in (theirs, nowhere)
            )
            one, other = (ask(outsider, asked, names) for names in (known, unknown))
            assert told(one, known, unknown) == told(other, known, unknown), (asked, foreign)
            compared.add(asked)
        assert "Odd sign-in" not in str(ask(outsider, asked, {**theirs, **own}).body), asked
    assert compared == {asked for asked in CALLS if asked.placeholders}
    assert everything_of(cast.customer) == before


def _disable(cast: Cast, program: Program) -> None:
    disable_application(operator_of(cast.provider, Permission.APPLICATION_MANAGE), program.application.id)


def _withdraw(cast: Cast, program: Program) -> None:
    principal = find_principal(cast.customer.id, program.application.client_id)
    assert principal is not None
    grants = Grant.objects.of_tenant(cast.customer.id).filter(service_principal_id=principal.id)
    withdraw_consent(
        operator_of(cast.customer, Permission.CONSENT_GRANT), principal.id, [grant.id for grant in grants]
    )


def _block(cast: Cast, _program: Program) -> None:
    block_user(cast.enter("admin"), cast.user("lead").id)


def _remove(cast: Cast, _program: Program) -> None:
    remove_user(cast.enter("admin"), cast.user("lead").id)


ENDS: Final[Mapping[str, tuple[GrantKind, Spoil]]] = {
    "application disabled": (GrantKind.APPLICATION, _disable),
    "application of a person disabled": (GrantKind.DELEGATED, _disable),
    "consent withdrawn": (GrantKind.APPLICATION, _withdraw),
    "consent for a person withdrawn": (GrantKind.DELEGATED, _withdraw),
    "guest blocked": (GrantKind.DELEGATED, _block),
    "guest removed": (GrantKind.DELEGATED, _remove),
}


@pytest.mark.parametrize("how", ENDS)
def test_token_opens_nothing_once_it_ended(cast: Cast, program: Program, theirs: Names, how: str) -> None:
    """What it names, and whether that is there, makes no difference."""
    kind, spoil = ENDS[how]
    ended = speaker(cast, program, kind, cast.customer, "lead")
    assert ask(ended, CALLS[0], theirs).status == 200
    spoil(cast, program)
    nowhere, before = absent(theirs), everything_of(cast.customer)
    for asked in CALLS:
        one = ask(ended, asked, theirs)
        if asked.path.startswith("me") and kind == GrantKind.APPLICATION:
            assert one.status in {400, 401}
            continue
        assert one.status in {401, 403}, (asked, one.body)
        if one.status == 403:
            assert told(one, theirs, nowhere) == told(ask(ended, asked, nowhere), theirs, nowhere), asked
    assert everything_of(cast.customer) == before


@pytest.mark.parametrize("how", ["of another API", "expired", "damaged", "absent"])
def test_token_that_is_none_is_refused_before_anything_is_read(
    cast: Cast, program: Program, how: str
) -> None:
    let_in(program, cast.customer, *app_permissions(Resource.SIEM, "Alerts.Fetch.All"))
    headers: dict[str, Callable[[], dict[str, str]]] = {
        "of another API": lambda: program.header(cast.customer, Resource.SIEM, "Alerts.Fetch.All"),
        "expired": lambda: _long_ago(cast, program),
        "damaged": lambda: {
            "Authorization": program.header(cast.customer, Resource.GRAPH, *ROLES)["Authorization"][:-9]
        },
        "absent": dict,
    }
    refused = Speaker(program, headers[how]())
    names = {name: "x" for asked in CALLS for name in asked.placeholders}
    for asked in CALLS:
        assert (asked, ask(refused, asked, names).status) == (asked, 401)


def _long_ago(cast: Cast, program: Program) -> dict[str, str]:
    with standing_at(NOW - timedelta(hours=2)):
        return program.header(cast.customer, Resource.GRAPH, *ROLES)
