from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from difflib import SequenceMatcher

import pytest

from tidegate.demo.specs import DeviceKind, RoleName, TenantKind, Trade, World
from tidegate.demo.world import make_world

from .conftest import NOW

BIG = ("orvane", "meridaal", "corvanta")


def test_world_of_the_same_seed_and_time_is_the_same(world: World) -> None:
    again = make_world(NOW)

    assert again == world
    assert repr(again) == repr(world)


def test_world_of_another_seed_has_other_people_but_the_same_accounts(world: World) -> None:
    other = make_world(NOW, seed=7)

    assert other.estates["orvane"].people != world.estates["orvane"].people
    assert other.accounts == world.accounts
    assert [tenant.tenant_id for tenant in other.tenants] == [tenant.tenant_id for tenant in world.tenants]


def test_world_at_another_time_has_the_same_tenants_and_accounts(world: World) -> None:
    later = make_world(NOW + timedelta(days=100))

    assert later.tenants == world.tenants
    assert later.accounts == world.accounts


def test_world_in_another_zone_is_the_same(world: World) -> None:
    assert make_world(NOW.astimezone(timezone(timedelta(hours=-5)))) == world


def test_world_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="now: the time needs a time zone"):
        make_world(datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is refused


def test_tenants_are_one_provider_twelve_customers_and_a_stranger(world: World) -> None:
    assert [tenant.slug for tenant in world.tenants if tenant.kind is TenantKind.PROVIDER] == ["veldwacht"]
    assert len(world.tenants) == 14
    assert {tenant.trade for tenant in world.tenants} == set(Trade)
    assert sum(tenant.language == "nl" for tenant in world.tenants) == 6


def test_tenant_names_and_ids_are_unique(world: World) -> None:
    for values in (
        [tenant.tenant_id for tenant in world.tenants],
        [tenant.slug for tenant in world.tenants],
        [tenant.prefix for tenant in world.tenants],
        [domain for tenant in world.tenants for domain in tenant.domains],
    ):
        assert max(Counter(values).values()) == 1
    assert {tenant.tenant_id.version for tenant in world.tenants} == {4}


def test_tenant_addresses_end_in_its_domain(world: World) -> None:
    for tenant in world.tenants:
        assert all(domain.endswith(".example") for domain in tenant.domains)
        assert tenant.technical_contact.endswith(f"@{tenant.default_domain}")
        assert tenant.privacy_contact.endswith(f"@{tenant.default_domain}")
        assert tenant.privacy_statement_url == f"https://{tenant.default_domain}/privacy"
        assert tenant.created_at.tzinfo is UTC


def test_accounts_are_unique_and_live_at_home(world: World) -> None:
    assert len({account.email for account in world.accounts}) == len(world.accounts)
    for account in world.accounts:
        home = world.tenant(account.home_slug)
        assert account.email.endswith(f"@{home.default_domain}")
        assert account.email.isascii()
        assert set(account.groups) <= {group.name for group in home.groups}


def test_account_roles_are_those_its_groups_give(world: World) -> None:
    for account in world.accounts:
        groups = {group.name: group.role_names for group in world.tenant(account.home_slug).groups}
        assert set(account.role_names) == {role for name in account.groups for role in groups[name]}


def test_passwords_are_long_and_all_different(world: World) -> None:
    passwords = [account.password for account in world.accounts]

    assert len(set(passwords)) == len(passwords)
    assert min(len(password) for password in passwords) >= 12


def test_passwords_are_not_too_like_their_owner(world: World) -> None:
    """Django's UserAttributeSimilarityValidator refuses from 0.7 on."""
    for account in world.accounts:
        for known in (account.email, account.email.partition("@")[0], account.display_name.lower()):
            assert SequenceMatcher(a=account.password, b=known).quick_ratio() < 0.7


def test_provider_has_a_lead_and_both_tiers(world: World) -> None:
    roles = Counter(account.role_names for account in world.accounts if account.home_slug == "veldwacht")

    assert roles == {(RoleName.GLOBAL_ADMINISTRATOR,): 1, (RoleName.TIER_1,): 4, (RoleName.TIER_2,): 3}


def test_every_tenant_has_an_administrator(world: World) -> None:
    administrators = Counter(
        account.home_slug for account in world.accounts if RoleName.GLOBAL_ADMINISTRATOR in account.role_names
    )

    assert administrators == {tenant.slug: 1 for tenant in world.tenants}


def test_big_customers_have_security_people_and_a_member_without_role(world: World) -> None:
    for slug in BIG:
        roles = [account.role_names for account in world.accounts if account.home_slug == slug]
        assert sorted(roles) == [
            (),
            (RoleName.GLOBAL_ADMINISTRATOR,),
            (RoleName.SECURITY_ADMINISTRATOR,),
            (RoleName.SECURITY_READER,),
        ]


def test_account_holders_are_among_their_tenants_people(world: World) -> None:
    for account in world.accounts:
        assert account.email in {person.upn for person in world.estates[account.home_slug].people}


def test_estate_names_and_ids_are_unique(world: World) -> None:
    for estate in world.estates.values():
        everybody = (*estate.people, *estate.services)
        assert len({person.account_name for person in everybody}) == len(everybody)
        assert len({person.upn for person in everybody}) == len(everybody)
    devices = [device for estate in world.estates.values() for device in estate.devices]
    assert len({device.mde_id for device in devices}) == len(devices)
    assert len({device.dns_name for device in devices}) == len(devices)


def test_device_names_say_whose_they_are(world: World) -> None:
    for tenant in world.tenants:
        for device in world.estates[tenant.slug].devices:
            assert device.name.startswith(f"{tenant.prefix}-")
            assert device.dns_name == f"{device.name.lower()}.{tenant.default_domain}"


def test_everybody_has_a_workstation(world: World) -> None:
    for estate in world.estates.values():
        owners = [device.owner for device in estate.devices if device.kind is DeviceKind.WORKSTATION]
        assert owners == [person.account_name for person in estate.people]


def test_world_lookup_of_nobody_raises_key_error(world: World) -> None:
    with pytest.raises(KeyError):
        world.tenant("nowhere")
    with pytest.raises(KeyError):
        world.account("nobody@nowhere.example")
