from datetime import timedelta

from tidegate.demo.specs import GuestSpec, GuestState, RoleName, TenantKind, World

LEAD = "femke.ooijens@veldwacht.example"


def in_force(world: World) -> list[GuestSpec]:
    return [guest for guest in world.guests if guest.in_force(world.now)]


def test_guests_are_provider_people_in_groups_of_customers(world: World) -> None:
    for guest in world.guests:
        tenant = world.tenant(guest.tenant_slug)
        assert tenant.kind is TenantKind.CUSTOMER
        assert world.account(guest.account_email).home_slug == "veldwacht"
        assert set(guest.groups) <= {"Tier 1 Analysts", "Tier 2 Analysts"}
        assert set(guest.groups) <= {group.name for group in tenant.groups}


def test_nobody_is_guest_twice_in_one_tenant(world: World) -> None:
    pairs = [(guest.tenant_slug, guest.account_email) for guest in world.guests]

    assert len(set(pairs)) == len(pairs)


def test_tier_1_analysts_have_four_to_nine_customers(world: World) -> None:
    tier_1 = [account.email for account in world.accounts if account.role_names == (RoleName.TIER_1,)]
    counts = {email: sum(guest.account_email == email for guest in in_force(world)) for email in tier_1}

    assert (
        len({frozenset(g.tenant_slug for g in in_force(world) if g.account_email == e) for e in tier_1}) == 4
    )
    assert min(counts.values()) == 4
    assert max(counts.values()) == 9


def test_lead_may_enter_all_customers_but_one(world: World) -> None:
    customers = {guest.tenant_slug for guest in in_force(world)}
    hers = {guest.tenant_slug for guest in in_force(world) if guest.account_email == LEAD}

    assert customers - hers == {"quillmark"}
    assert len(hers) == 11


def test_notary_lets_only_the_lead_in(world: World) -> None:
    assert [guest.account_email for guest in world.guests if guest.tenant_slug == "ruysveld"] == [LEAD]


def test_stranger_has_no_guests(world: World) -> None:
    assert not [guest for guest in world.guests if guest.tenant_slug == "kestrelmoor"]


def test_every_kind_of_access_occurs(world: World) -> None:
    now = world.now
    left = [guest.ends_at - now for guest in in_force(world) if guest.ends_at is not None]
    ended = [guest for guest in world.guests if guest.ends_at is not None and guest.ends_at <= now]

    assert timedelta(hours=5) in left
    assert timedelta(days=3) in left
    assert [guest for guest in ended if guest.ends_at == now - timedelta(days=1)]
    assert [guest for guest in world.guests if guest.starts_at > now]
    assert [guest for guest in world.guests if guest.ends_at is None]
    assert {guest.state for guest in world.guests} == set(GuestState)


def test_access_starts_before_it_ends(world: World) -> None:
    assert all(guest.ends_at is None or guest.starts_at < guest.ends_at for guest in world.guests)


def test_access_ends_on_the_second(world: World) -> None:
    guest = next(guest for guest in world.guests if guest.ends_at == world.now - timedelta(days=1))
    assert guest.ends_at is not None

    assert guest.in_force(guest.ends_at - timedelta(seconds=1))
    assert not guest.in_force(guest.ends_at)


def test_pending_and_blocked_guests_are_never_in_force(world: World) -> None:
    outside = [guest for guest in world.guests if guest.state in {GuestState.PENDING, GuestState.BLOCKED}]

    assert len(outside) == 2
    assert not any(guest.in_force(world.now) for guest in outside)
