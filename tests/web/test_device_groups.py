"""Device groups through the pages: made of rules, looked at first, ranked, closed, deleted."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import START, Cast, make_role
from tests.web.conftest import Visitor, main_of, text_of
from tidegate.authorization.permissions import RolePermission
from tidegate.devices.actions.device_groups import create_device_group, set_device_group_access
from tidegate.devices.default_group import default_group
from tidegate.devices.matching import Rule, read_rules
from tidegate.devices.models import Device, DeviceGroup
from tidegate.devices.words import RuleOperator, RuleProperty
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import RoleAssignment, Tenant

FORMS = re.compile("<form[^>]*>")

type Visit = Callable[..., Visitor]

SERVERS = Rule(RuleProperty.NAME, RuleOperator.STARTS_WITH, ("srv-",))


def make_devices(tenant: Tenant, *names: str) -> None:
    group = default_group(tenant.id)
    for name in names:
        Device.rows.create(
            tenant=tenant,
            key=f"dns:{name}",
            dns_name=name,
            os_platform="Linux",
            device_group_id=group.id,
            first_seen_at=START,
            last_seen_at=START,
        )


@pytest.fixture
def devices(cast: Cast) -> None:
    make_devices(cast.customer, "srv-one.delta.example", "srv-two.delta.example", "pc-one.delta.example")
    make_devices(cast.other, "srv-theirs.delta.example")


def servers(cast: Cast, name: str = "Servers") -> DeviceGroup:
    return create_device_group(cast.enter("admin"), display_name=name, rules=[SERVERS])


def group_of(cast: Cast, name: str) -> DeviceGroup:
    return DeviceGroup.objects.of_tenant(cast.customer.id).get(display_name=name)


def typed(name: str, *rows: tuple[str, str, str], initial: int = 0, **more: str) -> dict[str, Any]:
    """What a browser sends: the group, and its conditions row by row."""
    data: dict[str, Any] = {
        "display_name": name,
        "description": "",
        "remediation_level": "semiAllFolders",
        "rules-TOTAL_FORMS": str(max(len(rows), initial) + 1),
        "rules-INITIAL_FORMS": str(initial),
        **more,
    }
    for number, (prop, operator, values) in enumerate([*rows, ("name", "equals", "")]):
        data |= {
            f"rules-{number}-property": prop,
            f"rules-{number}-operator": operator,
            f"rules-{number}-values": values,
        }
    return data


@pytest.mark.usefixtures("devices")
def test_group_is_looked_at_made_changed_and_deleted(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    data = typed(
        "Servers", ("name", "startsWith", "srv-one\nsrv-two"), ("domain", "endsWith", "delta.example")
    )
    seen = admin.post("/device-groups/create", {**data, "preview": "1"})
    words = text_of(seen)
    assert seen.status_code == 200
    assert "Devices that match 2 srv-one.delta.example Linux srv-two.delta.example Linux" in words
    assert "2 devices move from Ungrouped devices to Servers." in words
    assert "srv-theirs" not in words
    assert not DeviceGroup.objects.of_tenant(cast.customer.id).filter(display_name="Servers").exists()
    made = admin.post("/device-groups/create", data)
    group = group_of(cast, "Servers")
    assert made.url == f"/device-groups/{group.id}?tid={admin.tid}"
    assert read_rules(group.rules)[0].values == ("srv-one", "srv-two")
    assert "Servers 2 everyone who may see devices Semi: approval for all folders" in text_of(
        admin.get("/device-groups")
    )
    page = text_of(admin.get(f"/device-groups/{group.id}"))
    assert "Device name starts with srv-one or srv-two Domain ends with delta.example" in page
    changed = typed("Servers", ("name", "equals", "srv-one"), ("domain", "endsWith", ""), initial=2)
    admin.post(f"/device-groups/{group.id}/edit", changed)
    assert (
        Device.objects.of_tenant(cast.customer.id)
        .get(device_group_id=group.id)
        .dns_name.startswith("srv-one")
    )
    question = text_of(admin.get(f"/device-groups/{group.id}/delete"))
    assert "1 device moves from Servers to Ungrouped devices." in question
    assert admin.post(f"/device-groups/{group.id}/delete").url == f"/device-groups?tid={admin.tid}"
    assert admin.get(f"/device-groups/{group.id}").status_code == 404


def test_commas_part_values_and_blanks_say_nothing(visit: Visit, cast: Cast) -> None:
    visit("admin").post("/device-groups/create", typed("Tagged", ("tag", "equals", " a, b ,,\n c\n")))
    assert read_rules(group_of(cast, "Tagged").rules)[0].values == ("a", "b", "c")


def test_what_is_wrong_is_named_and_kept(visit: Visit, cast: Cast) -> None:
    servers(cast)
    eleven = "\n".join(f"v{number}" for number in range(11))
    for data, told in (
        (typed("", ("name", "equals", "x")), "Name: "),
        (typed("servers", ("name", "equals", "x")), "A device group with this name exists already."),
        (typed("Many", ("tag", "equals", eleven)), "must have at most 10 values for tag"),
        (typed("Odd", ("color", "equals", "red")), "A condition is not one that this page offers."),
        (typed("Odd", ("tag", "like", "red")), "A condition is not one that this page offers."),
        ({**typed("Odd"), "rules-TOTAL_FORMS": "x"}, "A condition is not one that this page offers."),
        ({**typed("Odd"), "remediation_level": "all"}, "Remediation level: "),
    ):
        for extra in ({}, {"preview": "1"}):
            page = visit("admin").post("/device-groups/create", {**data, **extra})
            assert page.status_code == 400
            assert told in text_of(page)


def test_promoting_and_demoting_close_up(visit: Visit, cast: Cast) -> None:
    admin, first, second = visit("admin"), servers(cast, "First"), servers(cast, "Second")
    content = admin.get("/device-groups").content.decode()
    assert "Promote Second" in content
    assert "Demote First" in content
    assert "Promote First" not in content
    assert "Demote Second" not in content
    back = f"/device-groups?tid={admin.tid}"
    assert admin.post(f"/device-groups/{second.id}/rank", {"rank": "1", "next": back}).url == back
    assert [group_of(cast, name).rank for name in ("First", "Second")] == [2, 1]
    assert "Rank: must be from 1 to 2" in text_of(
        admin.post(f"/device-groups/{first.id}/rank", {"rank": "9"})
    )
    for rank in ("0", "x", "", "9" * 40):
        assert admin.post(f"/device-groups/{first.id}/rank", {"rank": rank}).status_code == 400


@pytest.mark.usefixtures("devices")
def test_rank_is_looked_at_first(visit: Visit, cast: Cast) -> None:
    servers(cast, "First")
    second = servers(cast, "Second")
    page = visit("admin").post(f"/device-groups/{second.id}/rank", {"rank": "1", "preview": "1"})
    assert "2 devices move from First to Second." in text_of(page)
    assert group_of(cast, "Second").rank == 2


@pytest.mark.usefixtures("devices")
def test_group_is_closed_but_for_a_user_group(visit: Visit, cast: Cast) -> None:
    admin, group = visit("admin"), servers(cast)
    address, data = f"/device-groups/{group.id}/access", {"group_ids": [str(cast.group("Tier 1").id)]}
    seen = text_of(admin.post(address, {**data, "preview": "1"}))
    assert "2 people lose device group Servers, 2 devices." in seen
    assert "Lead Guest – device group Servers 2 devices" in seen
    assert not group_of(cast, "Servers").is_restricted
    admin.post(address, data)
    assert "Who sees its devices Tier 1" in text_of(admin.get(f"/device-groups/{group.id}"))
    assert "srv-one" in text_of(visit("analyst").get("/devices"))
    assert "srv-one" not in text_of(visit("lead").get("/devices"))
    admin.post(address, {"is_restricted": "on"})
    assert "administrators only" in text_of(admin.get("/device-groups"))
    assert "srv-one" not in text_of(visit("analyst").get("/devices"))
    admin.post(address, {})
    assert "everyone who may see devices" in text_of(admin.get(f"/device-groups/{group.id}"))


def test_group_of_another_tenant_is_no_choice(visit: Visit, cast: Cast) -> None:
    group = servers(cast)
    page = visit("admin").post(f"/device-groups/{group.id}/access", {"group_ids": [str(uuid.uuid4())]})
    assert page.status_code == 400
    assert "User groups that see it: " in text_of(page)


def test_a_user_group_without_a_role_is_told(visit: Visit, cast: Cast) -> None:
    group, tier = servers(cast), cast.group("Tier 1")
    set_device_group_access(cast.enter("admin"), group.id, group_ids=[tier.id])
    assert "holds no role" not in text_of(visit("admin").get(f"/device-groups/{group.id}"))
    RoleAssignment.objects.of_tenant(cast.customer.id).filter(group_id=tier.id).update(ends_at=START)
    assert "Tier 1 holds no role, so nobody" in text_of(visit("admin").get(f"/device-groups/{group.id}"))


@pytest.mark.usefixtures("devices")
def test_the_default_group_stays(visit: Visit, cast: Cast) -> None:
    admin, group = visit("admin"), default_group(cast.customer.id)
    page = admin.get(f"/device-groups/{group.id}/edit")
    assert 'name="display_name"' not in page.content.decode()
    assert "keeps its name" in text_of(page)
    data = {"description": "Rest", "remediation_level": "fullRemediation", "display_name": "Mine"}
    assert admin.post(f"/device-groups/{group.id}/edit", data).status_code == 302
    group.refresh_from_db()
    assert (group.display_name, group.remediation_level) == ("Ungrouped devices", "fullRemediation")
    refused = text_of(admin.get(f"/device-groups/{group.id}/delete"))
    assert "As things stand this would be refused: The default device group cannot be deleted." in refused
    assert admin.post(f"/device-groups/{group.id}/rank", {"rank": "1"}).status_code == 400
    assert "Promote" not in admin.get("/device-groups").content.decode()


def test_reader_looks_and_changes_nothing(visit: Visit, cast: Cast) -> None:
    group, reader = servers(cast), visit("reader")
    for path in ("", f"/{group.id}"):
        page = reader.get(f"/device-groups{path}")
        assert page.status_code == 200
        # But for a file of what is seen.
        assert {form for form in FORMS.findall(main_of(page)) if "/lists/" not in form} == set()
    for path in ("create", f"{group.id}/edit", f"{group.id}/delete"):
        assert reader.get(f"/device-groups/{path}").status_code == 403
    for path in (
        "create",
        f"{group.id}/edit",
        f"{group.id}/delete",
        f"{group.id}/access",
        f"{group.id}/rank",
    ):
        assert reader.post(f"/device-groups/{path}", {"preview": "1"}).status_code == 403


def test_settings_alone_show_numbers_and_no_names(visit: Visit, cast: Cast) -> None:
    make_devices(cast.customer, "srv-one")
    role = make_role(cast.customer, "Settings", RolePermission.MANAGE_PORTAL_SETTINGS)
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
    group = servers(cast)
    data = {"is_restricted": "on", "preview": "1"}
    page = visit("member").post(f"/device-groups/{group.id}/access", data)
    words = text_of(page)
    assert "3 people lose device group Servers, 1 device." in words
    assert "Analyst" not in words
    assert "srv-one" not in words


@pytest.mark.parametrize("who", ["analyst", "lead", "helper", "member"])
def test_others_do_not_look(visit: Visit, who: str) -> None:
    assert visit(who).get("/device-groups").status_code == 403


def test_the_outsider_finds_nothing(visit: Visit, cast: Cast) -> None:
    group, outsider = servers(cast), visit("outsider", cast.other)
    for path in ("", "/edit", "/delete"):
        assert outsider.get(f"/device-groups/{group.id}{path}").status_code == 404
        assert visit("outsider").get(f"/device-groups/{group.id}{path}").status_code == 404
    for path in ("access", "rank", "edit", "delete"):
        assert outsider.post(f"/device-groups/{group.id}/{path}", {"rank": "1"}).status_code == 404
    assert "Servers" not in text_of(outsider.get("/device-groups"))


def test_list_asks_as_much_for_three_more_rows(visit: Visit, cast: Cast) -> None:
    admin, tier = visit("admin"), cast.group("Tier 1").id
    # The first that is closed costs whoever enters a statement; no further one does.
    set_device_group_access(cast.enter("admin"), servers(cast).id, group_ids=[tier])
    admin.get("/device-groups")
    with CaptureQueriesContext(connection) as few:
        admin.get("/device-groups")
    for name in ("A", "B", "C"):
        group = servers(cast, name)
        set_device_group_access(cast.enter("admin"), group.id, group_ids=[tier])
    with CaptureQueriesContext(connection) as many:
        admin.get("/device-groups")
    assert len(many) == len(few)
