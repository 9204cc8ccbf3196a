"""What is exported makes the same world again, and holds nothing that must stay secret."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.cast import Cast
from tests.entitlements.offering import offer_to_provider
from tests.manifest.making import apply_example
from tidegate.directory.models import Credential, Tenant
from tidegate.entitlements.actions.requests import request_access
from tidegate.manifest.applying import apply
from tidegate.manifest.exporting import export, write_json, write_yaml
from tidegate.manifest.forms.document import Document
from tidegate.manifest.reading import read_document

ADMINISTRATOR = {"email": "ada@delta.example", "roles": ["Global Administrator"]}
NAMES = ("Night desk", "Day desk", "Zoë & co")
ENDS = some.sampled_from(["2026-08-01", "2026-08-01T07:30:00.000001Z", None])
APIS = some.lists(
    some.sampled_from(["graph/SecurityAlert.Read.All", "graph/User.Read:delegated", "siem/Alerts.Fetch.All"]),
    min_size=1,
    unique=True,
)


def everything() -> Document:
    return export(Tenant.objects.order_by("display_name", "id"))


def test_secrets_and_hashes_never_leave(cast: Cast, now: None) -> None:
    run = apply_example()
    written = write_yaml(everything()) + write_json(everything())

    hidden = ["a-secret-of-this-example-only.1", "a-windmill-for-the-delta-41"]
    hidden += [made.text for made in run.made]
    hidden += list(Credential.rows.values_list("secret_hash", flat=True))
    assert [text for text in hidden if text in written] == []
    assert "display_name: connector" in written


def test_export_of_the_example_changes_nothing(cast: Cast, now: None) -> None:
    apply_example()

    assert apply(read_document(write_yaml(everything()))).changes == []
    assert apply(read_document(write_json(everything()))).changes == []


def test_what_an_access_package_brought_is_no_part_of_it(cast: Cast, now: None) -> None:
    policy = offer_to_provider(cast)
    before = everything()

    request_access(cast.actor("boss"), cast.customer.id, policy.package_id, policy.id, justification="Rota")

    assert everything() == before


def members(users: list[str]) -> some.SearchStrategy[list[Any]]:
    each = some.fixed_dictionaries({"user": some.sampled_from(users), "ends_at": ENDS})
    return some.lists(each, max_size=3, unique_by=lambda member: member["user"])


def roles() -> some.SearchStrategy[list[Any]]:
    role = some.sampled_from(["Tier 1 Analyst", "Security Reader", "Own"])
    each = some.fixed_dictionaries({"role": role, "ends_at": ENDS})
    return some.lists(each, max_size=2, unique_by=lambda given: given["role"])


def groups(users: list[str]) -> some.SearchStrategy[list[Any]]:
    each = some.fixed_dictionaries(
        {"display_name": some.sampled_from(NAMES)},
        optional={"description": some.text("ab é", max_size=5), "members": members(users), "roles": roles()},
    )
    return some.lists(each, max_size=3, unique_by=lambda group: group["display_name"])


def device_groups() -> some.SearchStrategy[list[Any]]:
    rule = {"property": "name", "operator": "startsWith", "values": ["a", "b"]}
    each = some.fixed_dictionaries(
        {"display_name": some.sampled_from([*NAMES, "Ungrouped devices"])},
        optional={"remediation_level": some.sampled_from(["fullRemediation", "semiAllFolders"])},
    )
    ranked = some.lists(each, max_size=3, unique_by=lambda group: group["display_name"])
    return ranked.map(
        lambda found: (
            [
                {**group, "rules": [rule], "rank": number}
                for number, group in enumerate(
                    (one for one in found if one["display_name"] != "Ungrouped devices"), 1
                )
            ]
            + [group for group in found if group["display_name"] == "Ungrouped devices"]
        )
    )


def consents(application: str) -> some.SearchStrategy[list[Any]]:
    term: some.SearchStrategy[dict[str, Any]] = some.sampled_from(
        [{}, {"ends_at": "2026-12-24"}, {"ends_at": None, "reason": "Agreed for as long as it runs"}]
    )
    each = some.tuples(APIS, term).map(
        lambda told: {"application": application, "permissions": told[0], **told[1]}
    )
    return some.lists(each, max_size=1)


def policies() -> some.SearchStrategy[list[Any]]:
    each = some.fixed_dictionaries(
        {
            "display_name": some.just("Requests"),
            "target_scope": some.just("specificConnectedOrganizationUsers"),
            "organizations": some.just(["harbour.example"]),
            "expiration": some.sampled_from(
                [{"duration": "P90DT1H"}, {"ends_at": "2026-11-01"}, {"reason": "Never"}]
            ),
        },
        optional={
            "stages": some.just(
                [
                    {"approvers": [{"kind": "internalSponsors"}, {"user": "ada@delta.example"}]},
                    {
                        "approvers": [
                            {"group": NAMES[0]},
                            {"user": "ada@delta.example", "is_alternate": True},
                        ],
                        "escalate_after": "P2D",
                    },
                ]
            ),
            "questions": some.just([{"id": "q", "text": "Why?", "choices": ["a", "b"]}]),
            "review": some.just({"starts_at": "2026-05-01", "reviewers": [{"group": NAMES[0]}]}),
            "allows_extension": some.booleans(),
        },
    )
    return some.lists(each, max_size=1)


@some.composite
def documents(draw: some.DrawFn) -> dict[str, Any]:
    """A provider with an application, and a customer that lets it and its people in."""
    people = ["ada@delta.example", "tom@harbour.example", "new@else.example"]
    package = {
        "display_name": "Night",
        "is_hidden": draw(some.booleans()),
        "resources": [{"group": NAMES[0]}],
        "policies": draw(policies()),
    }
    application = {
        "client_id": "8b0d3c52-41a7-4e2f-8d19-c6f5a9e7b302",
        "display_name": "Harbour SIEM",
        "sign_in_audience": "AzureADMultipleOrgs",
        "redirect_uris": draw(some.sampled_from([[], [{"uri": "msal://a", "platform": "publicClient"}]])),
        "required_permissions": draw(APIS),
        "secrets": draw(some.sampled_from([[], [{"display_name": "s", "ends_at": "2026-12-01"}]])),
    }
    customer = {
        "id": "5e8a4d17-2b93-4f0c-a6d8-91c7e3b05f42",
        "display_name": "Delta Mills",
        "domains": ["delta.example", *draw(some.sampled_from([[], ["mills.example"]]))],
        "country": draw(some.sampled_from(["", "NO"])),
        "roles": [{"display_name": "Own", "role_permissions": ["view_data.security_operations"]}],
        "users": [
            ADMINISTRATOR,
            {"email": people[1], "user_type": "guest", "is_blocked": draw(some.booleans())},
            {"email": people[2], "user_type": "guest", "ends_at": None, "endless_reason": "Agreed"},
        ],
        "groups": [{"display_name": NAMES[0]}, *draw(groups(people)), {"display_name": NAMES[1]}],
        "device_groups": draw(device_groups()),
        "consents": draw(consents("Harbour SIEM")),
        "siem_authorizations": draw(
            some.sampled_from([[], [{"application": "Own", "ends_at": "2026-09-09"}]])
        ),
        "connected_organizations": [{"tenant": "harbour.example", "sponsors": ["ada@delta.example"]}],
        "catalogs": [{"display_name": "All", "access_packages": [package]}],
    }
    provider = {
        "display_name": "Harbour Watch",
        "is_discoverable": draw(some.booleans()),
        "domains": ["harbour.example"],
        "users": [
            {"email": "femke@harbour.example", "roles": ["Global Administrator"]},
            {"email": "tom@harbour.example", "password": "a-bollard-for-the-harbour"},
        ],
        "applications": [application, {"display_name": "Own"}],
    }
    return {"version": 1, "tenants": [provider, customer]}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=documents())
def test_world_is_what_its_export_makes_of_nothing(db: None, now: None, value: dict[str, Any]) -> None:
    document = msgspec.convert(value, Document)
    with undone():
        apply(document)
        exported = everything()
        assert apply(exported).changes == []
        assert apply(document).changes == []
    with undone():
        apply(exported)
        assert everything() == exported
        assert apply(document).changes == []
