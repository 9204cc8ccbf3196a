"""The whole demo world, once, in the database: what it promises is what the gate gives."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tidegate.accounts.models import Account
from tidegate.audit.verify import chain_ids, verify_chain
from tidegate.core.clock import standing_at
from tidegate.core.errors import NotFound
from tidegate.demo.handout import write_handout
from tidegate.demo.heartbeat import beat
from tidegate.demo.opening import actor_for
from tidegate.demo.seed import seed_world
from tidegate.demo.world import make_world
from tidegate.directory.applications import find_principal
from tidegate.gate.opening import open as open_gate
from tidegate.incidents.models import Alert, ImportRun, Incident

NOW = datetime(2026, 5, 6, 13, 37, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.django_db
def test_seeded_world_is_whole(tmp_path: Path) -> None:
    world = make_world(NOW)
    with standing_at(NOW):
        seed_world(world)
        for guest in world.guests:
            account = Account.objects.get(email=guest.account_email)
            tenant = world.tenant(guest.tenant_slug)
            may = guest.in_force(NOW) and guest.state == "accepted"
            try:
                scope = open_gate(actor_for(account), tenant.default_domain)
            except NotFound:
                assert not may, guest
            else:
                assert may, guest
                assert scope.tenant_id == tenant.tenant_id
                assert set(scope.entry.role_names) == {
                    str(role)
                    for group in tenant.groups
                    if group.name in guest.groups
                    for role in group.role_names
                }
        runs = ImportRun.objects.across_tenants()
        assert {run.rejected for run in runs} == {0}
        assert Incident.objects.across_tenants().count() == sum(tenant.incidents for tenant in world.tenants)
        assert Alert.objects.across_tenants().filter(tenant_id=world.tenants[-1].tenant_id).exists()
        assert [fault for tenant_id in chain_ids() for fault in verify_chain(tenant_id).faults] == []
        for program in world.applications:
            let_in = {
                consent.tenant_slug
                for consent in program.consents
                if find_principal(world.tenant(consent.tenant_slug).tenant_id, program.client_id)
            }
            assert let_in == {one.tenant_slug for one in program.consents if one.in_force(NOW)}
        before = Incident.objects.across_tenants().count()
        beat()
        beat()
        assert Incident.objects.across_tenants().count() == before + 1
        write_handout(world, "http://127.0.0.1:8000", tmp_path / "demo.json")
