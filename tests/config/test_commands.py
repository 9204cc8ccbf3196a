import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tests.cast import Cast
from tests.connectors import samples
from tidegate.audit.models import AuditEvent
from tidegate.config.commands import audit, imports, registry, tenants
from tidegate.directory.models import Tenant
from tidegate.incidents.models import Alert


@pytest.fixture(autouse=True)
def no_upgrade(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (audit, imports, tenants):
        monkeypatch.setattr(module, "upgrade", lambda: None)


def run(*arguments: str) -> Result:
    group = click.Group("tidegate")
    for module in (audit, imports, tenants):
        module.register(group)
    return CliRunner().invoke(group, arguments)


def write_alerts(path: Path, *ids: str) -> Path:
    path.write_text("\n".join(json.dumps(samples.graph_alert(id=name)) for name in ids))
    return path


def test_import_takes_a_file_into_the_tenant_of_a_domain(cast: Cast, tmp_path: Path) -> None:
    result = run("import", "--tid", "customer.example", str(write_alerts(tmp_path / "a.json", "one", "two")))

    assert result.exit_code == 0, result.output
    assert "2 alerts new" in result.output
    assert Alert.objects.of_tenant(cast.customer.id).count() == 2
    assert Alert.objects.of_tenant(cast.other.id).count() == 0


def test_import_twice_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    path = str(write_alerts(tmp_path / "a.json", "one"))
    run("import", "--tid", str(cast.customer.id), path)
    result = run("import", "--tid", str(cast.customer.id), path)

    assert result.exit_code == 0
    assert "0 alerts new, 0 changed, 1 as they were" in result.output


def test_import_says_where_a_bad_record_stands_and_exits_with_1(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    good = json.dumps(samples.graph_alert(id="good"))
    bad = json.dumps(samples.graph_alert(id="bad", createdDateTime="yesterday"))
    path.write_text(f"{good}\n{bad}\n")

    result = run("import", "--tid", "customer.example", str(path))

    assert result.exit_code == 1
    assert "record 2, line 2" in result.output
    assert "createdDateTime" in result.output
    assert Alert.objects.of_tenant(cast.customer.id).get().external_id == "good"


def test_import_into_an_unknown_tenant_is_an_error_and_writes_nothing(cast: Cast, tmp_path: Path) -> None:
    result = run("import", "--tid", "nowhere.example", str(write_alerts(tmp_path / "a.json", "one")))

    assert result.exit_code != 0
    assert Alert.objects.across_tenants().count() == 0


def test_tenant_create_makes_tenant_and_administrator(db: None) -> None:
    result = run(
        "tenant",
        "create",
        "--name",
        "Nieuwland",
        "--admin-email",
        "Ada@nieuwland.example",
        "--domain",
        "nieuwland.example",
    )

    tenant = Tenant.objects.get()
    assert result.exit_code == 0, result.output
    assert f"?tid={tenant.id}" in result.output
    assert "ada@nieuwland.example signs in with the password" in result.output


def test_audit_verify_is_0_for_whole_chains_and_1_for_an_edited_event(cast: Cast) -> None:
    assert run("audit", "verify").exit_code == 0

    AuditEvent.rows.filter(tenant_id=cast.customer.id, sequence=2).update(actor_name="Nobody")
    result = run("audit", "verify")

    assert result.exit_code == 1
    assert "event 2: was edited" in result.output


def test_audit_anchor_finds_a_chain_cut_off_at_its_end(cast: Cast, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    anchors.write_text(run("audit", "anchor").output)
    assert run("audit", "verify", "--anchors", str(anchors)).exit_code == 0

    last = AuditEvent.rows.filter(tenant_id=cast.customer.id).order_by("-sequence").first()
    assert last is not None
    AuditEvent.rows.filter(pk=last.pk).delete()
    result = run("audit", "verify", "--anchors", str(anchors))

    assert result.exit_code == 1
    assert "was anchored and is gone" in result.output


def test_audit_verify_refuses_a_file_that_holds_no_anchors(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "anchors"
    path.write_text("no anchor")

    result = run("audit", "verify", "--anchors", str(path))

    assert result.exit_code == 2
    assert "line 1 is not an anchor" in result.output


def test_each_command_is_found_by_its_name_alone() -> None:
    everything = click.Group("tidegate")
    registry.register(everything)

    assert set(everything.commands) == set(registry.MODULES)
    for name in registry.MODULES:
        alone = click.Group("tidegate")
        registry.register(alone, name)
        assert alone.commands[name] is everything.commands[name]
        assert len(alone.commands) < len(everything.commands)
