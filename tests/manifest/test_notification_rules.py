"""Notification rules, out of a document and back into one."""

import re

import pytest

from tests.cast import Cast
from tests.customers.making import make_group
from tests.manifest.making import apply_text
from tests.notifications.ruling import make_rule
from tidegate.customers.rules import GroupRule
from tidegate.devices.actions.device_groups import create_device_group
from tidegate.devices.words import RemediationLevel
from tidegate.manifest.desk import open_for_operator
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.places import Misfit
from tidegate.manifest.sections.notification_rules import describe_notification_rules
from tidegate.notifications.queries import find_rule_by_name, list_rules

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

NIGHT = "display_name: Night, owner: admin@customer.example, severities: [high]"


def rules(text: str) -> list[str]:
    return apply_text(f"- domains: [customer.example]\n  notification_rules: [{text}]").changes


def test_rule_is_made_changed_paused_and_removed_by_name(cast: Cast) -> None:
    scope = open_for_operator(cast.customer)
    create_device_group(
        cast.enter("admin"),
        display_name="Servers",
        description="",
        remediation_level=RemediationLevel.NONE,
        rules=(),
    )
    told = "{email: boss@customer.example, step: 1}, {inbox: lead@provider.example}"
    whole = f"""{{{NIGHT}, device_groups: [Servers], quiet_from: "22:00", quiet_until: "07:00",
        escalate_after: [15], recipients: [soc@customer.example, {told}]}}"""
    assert rules(whole) == ["create notification rule Night in Delta Mills"]
    assert rules(whole) == []
    [form] = describe_notification_rules(scope)
    assert (form.owner, form.severities, form.device_groups) == (
        "admin@customer.example",
        ["high"],
        ["Servers"],
    )
    assert (form.quiet_from, form.escalate_after, form.is_paused) == ("22:00", [15], False)

    changed = rules("{display_name: night, severities: [low, high], is_paused: true}")
    what = "change notification rule Night in Delta Mills"
    assert changed == [
        f"{what}: display_name Night -> night, severities (high) -> (low, high)",
        "pause notification rule night in Delta Mills",
    ]
    rule = find_rule_by_name(scope, "night")
    assert rule is not None
    assert (rule.severities, rule.quiet_from is not None, rule.paused_at is not None) == ([2, 4], True, True)
    assert rules("{display_name: night, owner: member@customer.example}") != []
    assert rules("{display_name: Night, state: absent}") == ["remove notification rule night in Delta Mills"]
    assert not list_rules(scope).exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{display_name: Night, recipients: [soc@customer.example]}", "owner: must be named for a new rule"),
        (f"{{{NIGHT}}}", "recipients"),
        (f"{{{NIGHT}, recipients: [{{channel: Hook}}]}}", 'there is no channel "Hook"'),
        (f"{{{NIGHT}, recipients: [{{rota: Day}}]}}", 'there is no rota "Day"'),
        (f"{{{NIGHT}, recipients: [{{inbox: outsider@other.example}}]}}", "there is no user who may enter"),
        (f"{{{NIGHT}, recipients: [{{email: a@b.example, rota: Day}}]}}", 'there is no rota "Day"'),
        (f"{{{NIGHT}, recipients: [a@b.example], device_groups: [None]}}", 'there is no device group "None"'),
        (f"{{{NIGHT}, recipients: [a@b.example], quiet_from: soon}}", "must be a time like 22:00"),
        (f"{{{NIGHT}, recipients: [a@b.example], about: weather}}", 'no such word as "weather"'),
        (
            "{display_name: N, owner: outsider@other.example, recipients: [a@b.example]}",
            "there is no user who",
        ),
    ],
)
def test_wrong_rule_is_refused_at_its_place(cast: Cast, text: str, says: str) -> None:
    with pytest.raises(Misfit) as refused:
        rules(text)
    assert str(refused.value).startswith("tenants[0].notification_rules[0]")
    assert says in str(refused.value)
    assert not list_rules(open_for_operator(cast.customer)).exists()


def of_provider(text: str) -> list[str]:
    return apply_text(f"- domains: [provider.example]\n  notification_rules: [{text}]").changes


def test_rule_over_a_tenant_group_is_named_by_the_groups_name(cast: Cast) -> None:
    make_group(cast.provider, "Banks NL", GroupRule(takes_all=True))
    whole = """{display_name: Banks, owner: boss@provider.example, reach: group, tenant_group: banks nl,
        tenants: [customer.example], recipients: [soc@provider.example]}"""
    assert of_provider(whole) == ["create notification rule Banks in Harbour Watch"]
    assert of_provider(whole) == []
    scope = open_for_operator(cast.provider)
    [form] = describe_notification_rules(scope)
    assert (form.reach, form.tenant_group, form.tenants) == ("group", "Banks NL", [str(cast.customer.id)])
    [changed] = of_provider("{display_name: Banks, reach: all, tenants: []}")
    assert "reach group -> all" in changed
    assert 'tenant_group_id "Banks NL" -> nothing' in changed
    [form] = describe_notification_rules(scope)
    assert (form.reach, form.tenant_group, form.tenants) == ("all", UNSET, [])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("reach: group", "tenant_group_id: must be a tenant group that you see"),
        ("reach: group, tenant_group: Secret", 'there is no shared tenant group "Secret"'),
        ("reach: chosen, tenants: [customer.example]", "tenant_ids: must be organizations in which you may"),
        ("reach: all, tenants: [nowhere.example]", 'there is no tenant with the domain "nowhere.example"'),
        ("reach: everywhere", 'no such word as "everywhere"'),
    ],
)
def test_wide_rule_that_its_owner_could_not_make_is_refused(cast: Cast, text: str, says: str) -> None:
    make_group(cast.provider, "Secret", GroupRule(takes_all=True), cast.user("boss", cast.provider))
    with pytest.raises(Misfit, match=re.escape(says)):
        of_provider(f"{{display_name: N, owner: boss@provider.example, recipients: [a@b.example], {text}}}")
    assert not list_rules(open_for_operator(cast.provider)).exists()


def test_rule_over_a_private_group_is_left_alone(cast: Cast) -> None:
    owner = cast.user("boss", cast.provider)
    group = make_group(cast.provider, "Secret", GroupRule(takes_all=True), owner)
    make_rule(cast.enter("boss", cast.provider), reach="group", tenant_group_id=group.id)
    assert describe_notification_rules(open_for_operator(cast.provider)) == []
    with pytest.raises(Misfit, match="over a private tenant group"):
        of_provider("{display_name: Everything}")
