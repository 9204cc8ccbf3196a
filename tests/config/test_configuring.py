"""Configuration from the command line: a file, or single steps."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from tests.cast import Cast
from tests.manifest.making import EXAMPLE
from tidegate.accounts.models import Account
from tidegate.config.commands import applications, consents, manifests, users
from tidegate.core import clock
from tidegate.core.errors import Conflict, NotFound
from tidegate.directory.actions.credentials import hash_secret
from tidegate.directory.applications import find_principal, grants_in_force
from tidegate.directory.models import Application, Credential, ServicePrincipal, Tenant, User
from tidegate.manifest.places import Misfit

type Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, db: None) -> Run:
    group = click.Group("tidegate")
    for module in (applications, consents, manifests, users):
        monkeypatch.setattr(module, "upgrade", lambda: None)
        module.register(group)

    def invoke(*arguments: object, typed: str = "") -> Result:
        return CliRunner().invoke(group, [str(one) for one in arguments], input=typed)

    return invoke


def read(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def granted(tenant: Tenant, client_id: str) -> list[str]:
    principal = find_principal(tenant.id, Application.rows.get(client_id=client_id).client_id)
    rows = grants_in_force(principal, clock.now()) if principal else ()
    return sorted(grant.value for grant in rows)


def create(run: Run, *more: str) -> Any:
    words = ("--permission", "graph/SecurityAlert.Read.All", "--permission", "siem/Alerts.Fetch.All")
    return read(
        run("application", "create", "--tid", "provider.example", "--name", "SIEM", *words, *more, "--json")
    )


def test_apply_tells_a_program_what_it_made(run: Run) -> None:
    told = read(run("apply", EXAMPLE, "--json"))
    again = read(run("apply", EXAMPLE, "--json"))

    (secret,) = told["client_secrets"]
    assert Credential.rows.filter(secret_hash=hash_secret(secret["client_secret"])).exists()
    assert told["tenants"][1]["users"][0]["id"] == str(User.rows.get(mail="ada@delta.example").id)
    assert told["tenants"][0]["applications"][0]["display_name"] == "Harbour SIEM"
    assert again == {**told, "changes": [], "client_secrets": []}


def test_apply_reads_standard_input_and_writes_nothing_when_dry(run: Run) -> None:
    result = run("apply", "-", "--dry-run", typed=EXAMPLE.read_text())

    assert result.exit_code == 0, result.output
    assert "create group Night desk in Delta Mills\n" in result.stdout
    assert Tenant.objects.count() == 0


def test_apply_of_a_bad_file_fails_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(EXAMPLE.read_text().replace("roles: [Night watch]", "roles: [Nigth watch]"))

    result = run("apply", bad)

    assert isinstance(result.exception, Misfit)
    assert result.exception.message == (
        'tenants[1].groups[0].roles[0]: there is no role "Nigth watch"; did you mean "Night watch"?'
    )
    assert Tenant.objects.count() == 0


def test_export_writes_the_tenant_that_was_asked_for_and_no_other(run: Run, cast: Cast) -> None:
    told = read(run("export", "--tid", "customer.example", "--json"))

    assert [tenant["id"] for tenant in told["tenants"]] == [str(cast.customer.id)]
    assert "provider.example" in run("export").stdout


def test_application_is_made_with_a_secret_and_let_in(run: Run, cast: Cast) -> None:
    told = create(run, "--multi-tenant", "--consent-in", "customer.example", "--until", "2036-01-01")

    assert told["tenant_id"] == str(cast.provider.id)
    assert told["consented_in"] == [str(cast.customer.id)]
    assert Credential.rows.get().secret_hash == hash_secret(told["client_secret"])
    assert granted(cast.customer, told["client_id"]) == ["Alerts.Fetch.All", "SecurityAlert.Read.All"]
    assert granted(cast.other, told["client_id"]) == []


def test_application_that_a_tenant_cannot_let_in_is_not_made_at_all(run: Run, cast: Cast) -> None:
    words = ("--tid", "provider.example", "--name", "SIEM", "--consent-in", "customer.example")

    result = run("application", "create", *words)

    assert isinstance(result.exception, NotFound)
    assert not Application.rows.exists()
    assert not ServicePrincipal.rows.exists()


def test_application_is_listed_gets_more_secrets_and_goes(run: Run, cast: Cast) -> None:
    told = create(run, "--no-secret")
    more = read(run("application", "add-secret", "--tid", "provider.example", told["client_id"], "--json"))
    (listed,) = read(run("application", "list", "--tid", "provider.example", "--json"))
    gone = run("application", "remove", "--tid", "provider.example", told["client_id"])

    assert "client_secret" not in told
    assert Credential.rows.get().secret_hash == hash_secret(more["client_secret"])
    assert listed["permissions"] == ["graph/SecurityAlert.Read.All", "siem/Alerts.Fetch.All"]
    assert gone.stdout == "SIEM is removed.\n"
    assert read(run("application", "list", "--tid", "provider.example", "--json")) == []


def test_another_tenants_application_is_not_found(run: Run, cast: Cast) -> None:
    told = create(run)

    result = run("application", "remove", "--tid", "other.example", told["client_id"])

    assert isinstance(result.exception, NotFound)


def test_consent_is_granted_and_withdrawn_in_part_and_whole(run: Run, cast: Cast) -> None:
    client_id = create(run, "--multi-tenant")["client_id"]
    words = ("--tid", "customer.example", client_id, "--permission", "graph/SecurityAlert.Read.All")

    run("consent", "grant", *words, "--permission", "siem/Alerts.Fetch.All")
    both = granted(cast.customer, client_id)
    run("consent", "withdraw", *words)
    one = granted(cast.customer, client_id)
    never_had = run("consent", "withdraw", *words)
    run("consent", "withdraw", "--tid", "customer.example", client_id)

    assert both == ["Alerts.Fetch.All", "SecurityAlert.Read.All"]
    assert one == ["Alerts.Fetch.All"]
    assert isinstance(never_had.exception, NotFound)
    assert granted(cast.customer, client_id) == []


def test_permission_that_there_is_not_is_said_with_the_nearest(run: Run, cast: Cast) -> None:
    words = ("--tid", "customer.example", "8b0d3c52-41a7-4e2f-8d19-c6f5a9e7b302")

    result = run("consent", "grant", *words, "--permission", "graph/SecurityAlert.Raed.All")

    assert result.exit_code == 2
    assert 'did you mean "graph/SecurityAlert.Read.All"?' in result.output


def test_user_is_made_with_the_password_that_was_typed(run: Run, cast: Cast) -> None:
    words = ("--tid", "customer.example", "--email", "New@customer.example", "--role", "security reader")

    told = read(run("user", "create", *words, "--password-stdin", "--json", typed="a-ferry-at-dawn-17\n"))

    account = Account.objects.get(email="new@customer.example")
    assert account.check_password("a-ferry-at-dawn-17")
    assert account.home_tenant_id == cast.customer.id
    assert told == {
        "tenant_id": str(cast.customer.id),
        "id": str(User.rows.get(account=account).id),
        "email": "new@customer.example",
    }


def test_user_without_a_password_gets_one_that_is_shown_once(run: Run, cast: Cast) -> None:
    words = ("--tid", "customer.example", "--email", "new@customer.example", "--group", "Tier 1")

    told = read(run("user", "create", *words, "--json"))
    again = run("user", "create", *words)

    assert Account.objects.get(email="new@customer.example").check_password(told["password"])
    assert isinstance(again.exception, Conflict)
