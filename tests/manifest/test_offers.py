"""Device groups, connected organizations and access packages, out of a document."""

import pytest

from tests.cast import Cast
from tests.entitlements.offering import offer_to_provider
from tests.manifest.making import apply_text
from tidegate.devices.models import DeviceGroup
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.models import AccessPackage, Assignment, AssignmentPolicy, Incompatibility
from tidegate.manifest.places import Misfit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

OFFER = """
- domains: [customer.example]
  connected_organizations:
    - {tenant: provider.example, sponsors: [admin@customer.example]}
  catalogs:
    - display_name: For our provider
      access_packages:
        - display_name: Night
          resources: [{group: Tier 1}]
          policies:
            - display_name: Requests
              target_scope: specificConnectedOrganizationUsers
              organizations: [provider.example]
              stages: [{approvers: [{group: Tier 2}], time_limit: P3D}]
              expiration: {duration: P30D}
        - {display_name: Day, incompatible_with: [Night]}
"""


def device_groups(text: str) -> list[str]:
    return apply_text(f"- domains: [customer.example]\n  device_groups: [{text}]").changes


def ranks(cast: Cast) -> list[str]:
    rows = DeviceGroup.objects.of_tenant(cast.customer.id).filter(is_default=False)
    return list(rows.order_by("rank").values_list("display_name", flat=True))


def test_device_groups_stand_where_the_document_says(cast: Cast) -> None:
    device_groups("{display_name: A}, {display_name: B}, {display_name: C}, {display_name: D}")

    moved = device_groups("{display_name: D, rank: 2}, {display_name: A, rank: 3}")
    again = device_groups("{display_name: D, rank: 2}, {display_name: A, rank: 3}")

    assert ranks(cast) == ["B", "D", "A", "C"]
    assert moved == [
        "change device group D in Delta Mills: rank 4 -> 2",
        "change device group A in Delta Mills: rank 1 -> 3",
    ]
    assert again == []


@pytest.mark.parametrize("more", ["rank: 3", "rank: 1"])
def test_rank_that_cannot_be_is_refused(cast: Cast, more: str) -> None:
    with pytest.raises(Misfit, match=r"^tenants\[0\]\.device_groups: rank of B must be from 1 to 2"):
        device_groups(f"{{display_name: A, rank: 1}}, {{display_name: B, {more}}}")

    assert ranks(cast) == []


def test_device_group_is_changed_opened_and_deleted(cast: Cast) -> None:
    rule = "rules: [{property: tag, operator: equals, values: [a]}]"
    device_groups(f"{{display_name: A, {rule}, seen_by: [Tier 1]}}")

    changed = device_groups("{display_name: A, rules: [], seen_by: [], is_restricted: false}")
    gone = device_groups("{display_name: A, state: absent}")

    assert changed == [
        "change device group A in Delta Mills: rules (tag equals a) -> nothing",
        "change device group A in Delta Mills: is_restricted yes -> no, seen_by (Tier 1) -> nothing",
    ]
    assert gone == ["delete device group A in Delta Mills"]


def test_packages_are_put_on_offer_changed_and_taken_away(cast: Cast) -> None:
    made, again = apply_text(OFFER).changes, apply_text(OFFER).changes
    changed = apply_text(OFFER.replace("P3D", "P4D").replace("P30D", "P60D")).changes
    gone = apply_text(
        OFFER.replace("{group: Tier 1}", "{group: Tier 1, state: absent}").replace(
            "{display_name: Day, incompatible_with: [Night]}", "{display_name: Day, state: absent}"
        )
    ).changes

    assert made[-1] == "keep access packages Day and Night apart in Delta Mills"
    assert again == []
    what = "policy Requests of access package Night in Delta Mills"
    assert changed == [f"change {what}: expiration, stages"]
    assert gone[1:] == [
        "take group Tier 1 out of access package Night in Delta Mills",
        "remove access package Day in Delta Mills",
    ]
    assert Incompatibility.objects.of_tenant(cast.customer.id).exists()
    names = AccessPackage.objects.of_tenant(cast.customer.id).filter(removed_at__isnull=True)
    assert [one.display_name for one in names] == ["Night"]


def test_policy_keeps_what_the_document_leaves_out(cast: Cast) -> None:
    apply_text(OFFER)
    before = AssignmentPolicy.objects.of_tenant(cast.customer.id).get()

    policy = "{display_name: Requests, allows_extension: false}"
    package = f"{{display_name: Night, policies: [{policy}]}}"
    catalogs = f"[{{display_name: For our provider, access_packages: [{package}]}}]"
    apply_text(f"- domains: [customer.example]\n  catalogs: {catalogs}")

    after = AssignmentPolicy.objects.of_tenant(cast.customer.id).get()
    assert (after.stages, after.expiration) == (before.stages, before.expiration)
    assert (before.allows_extension, after.allows_extension) == (True, False)


def test_package_that_somebody_holds_is_removed_only_when_that_is_said(cast: Cast) -> None:
    policy = offer_to_provider(cast, name="Night")
    request_access(cast.actor("boss"), cast.customer.id, policy.package_id, policy.id, justification="Rota")
    package = "{display_name: Night, state: absent%s}"
    catalogs = f"[{{display_name: MSSP Accesses, access_packages: [{package}]}}]"
    text = f"- domains: [customer.example]\n  catalogs: {catalogs}"

    with pytest.raises(Misfit, match="Somebody holds this package"):
        apply_text(text % "")
    apply_text(text % ", ends_assignments: true")

    assert Assignment.objects.of_tenant(cast.customer.id).get().ended_because != ""


def test_break_glass_policy_has_its_one_form(cast: Cast) -> None:
    policy = "{display_name: Emergencies, organizations: [provider.example]}"
    package = f"{{display_name: Glass, is_break_glass: true, policies: [{policy}]}}"
    text = f"""
    - domains: [customer.example]
      connected_organizations: [{{tenant: provider.example}}]
      catalogs: [{{display_name: All, access_packages: [{package}]}}]
    """

    assert apply_text(text).changes[-1] == (
        "create policy Emergencies of access package Glass in Delta Mills"
    )
    assert apply_text(text).changes == []
    with pytest.raises(Misfit, match="is_break_glass: is decided for good"):
        apply_text(text.replace("is_break_glass: true", "is_break_glass: false"))
