"""Rules: what each operator takes, what is an alternative and what must hold as well."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.devices.making import rule
from tidegate.core.errors import InvalidInput
from tidegate.devices.matching import Rule, clean_rules, matches, read_rules, traits_of, write_rules
from tidegate.devices.models import Device
from tidegate.devices.words import RuleOperator, RuleProperty

DEVICE = Device(dns_name="WS-104.Finance.corp.example", tags=["VIP", "Line 4", 7], os_platform="Windows11")

words = st.text("abcABC-.", min_size=1, max_size=6).filter(lambda word: bool(word.strip()))
rules = st.builds(
    Rule,
    st.sampled_from(RuleProperty),
    st.sampled_from(RuleOperator),
    st.lists(words, min_size=1, max_size=2, unique_by=str.casefold).map(tuple),
)
devices = st.builds(
    Device,
    dns_name=st.text("abcABC-.", max_size=8),
    tags=st.lists(words, max_size=2),
    os_platform=st.text("abcABC", max_size=4),
)


@pytest.mark.parametrize(
    ("named", "operator", "value", "expected"),
    [
        ("name", "equals", "ws-104", True),
        ("name", "equals", "WS-104.finance.CORP.example", True),
        ("name", "equals", "ws-10", False),
        ("name", "startsWith", "ws-", True),
        ("name", "startsWith", "104", False),
        ("name", "endsWith", "104", True),
        ("name", "endsWith", ".corp.example", True),
        ("name", "contains", "S-1", True),
        ("domain", "equals", "finance.corp.example", True),
        ("domain", "equals", "corp.example", False),
        ("domain", "endsWith", "corp.example", True),
        ("domain", "contains", "ws-104", False),
        ("tag", "equals", "vip", True),
        ("tag", "equals", "line", False),
        ("tag", "startsWith", "line", True),
        ("tag", "equals", "7", True),
        ("osPlatform", "equals", "windows11", True),
        ("osPlatform", "startsWith", "Windows", True),
        ("osPlatform", "equals", "Linux", False),
    ],
)
def test_an_operator_takes_what_it_says(named: str, operator: str, value: str, *, expected: bool) -> None:
    assert matches([rule(named, operator, value)], traits_of(DEVICE)) is expected


def test_no_rules_take_no_device() -> None:
    assert not matches([], traits_of(DEVICE))


def test_a_device_without_a_name_has_none_to_match() -> None:
    nameless = traits_of(Device(dns_name="", tags=[], os_platform=""))
    for named in RuleProperty:
        assert not matches([rule(named, "contains", "a")], nameless)


def test_a_name_without_a_dot_has_no_domain() -> None:
    traits = traits_of(Device(dns_name="kiosk", tags=[], os_platform=""))
    assert matches([rule("name", "equals", "KIOSK")], traits)
    assert not matches([rule("domain", "contains", "k")], traits)


def test_rules_of_one_property_are_alternatives_and_properties_must_all_hold() -> None:
    either = [rule("name", "startsWith", "srv-"), rule("name", "endsWith", "104", "105")]
    assert matches(either, traits_of(DEVICE))
    assert matches([*either, rule("tag", "equals", "vip")], traits_of(DEVICE))
    assert not matches([*either, rule("tag", "equals", "lab")], traits_of(DEVICE))


@given(st.lists(rules, max_size=4), devices)
def test_letter_case_and_order_make_no_difference(made: list[Rule], device: Device) -> None:
    shouted = [Rule(one.property, one.operator, tuple(v.upper() for v in one.values)) for one in made]
    expected = matches(made, traits_of(device))
    assert matches(list(reversed(shouted)), traits_of(device)) is expected
    whispering = Device(
        dns_name=device.dns_name.lower(),
        tags=[tag.lower() for tag in device.tags],
        os_platform=device.os_platform.lower(),
    )
    assert matches(made, traits_of(whispering)) is expected


@given(st.lists(rules, max_size=4))
def test_rules_are_read_as_they_were_written(made: list[Rule]) -> None:
    assert read_rules(write_rules(made)) == clean_rules(made)


def test_values_are_trimmed_and_kept_once() -> None:
    assert clean_rules([rule("tag", "equals", " a ", "b", "A")]) == (rule("tag", "equals", "a", "b"),)


@pytest.mark.parametrize(
    "value",
    [
        "rules",
        [1],
        [{}],
        [{"property": "name", "operator": "equals", "values": "a"}],
        [{"property": "name", "operator": "equals", "values": [1]}],
        [{"property": "name", "operator": "equals", "values": []}],
        [{"property": "name", "operator": "equals", "values": [" "]}],
        [{"property": "name", "operator": "equals", "values": ["a\0"]}],
        [{"property": "name", "operator": "equals", "values": ["a" * 257]}],
        [{"property": "color", "operator": "equals", "values": ["a"]}],
        [{"property": "name", "operator": "like", "values": ["a"]}],
        [{"property": ["name"], "operator": "equals", "values": ["a"]}],
        [{"property": "name", "operator": "equals", "values": [f"v{n}" for n in range(11)]}],
        [
            {"property": "tag", "operator": "equals", "values": [f"v{n}" for n in range(6)]},
            {"property": "tag", "operator": "contains", "values": [f"v{n}" for n in range(5)]},
        ],
    ],
)
def test_what_is_no_rule_is_refused_by_name(value: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_rules(value)
    assert list(refused.value.fields) == ["rules"]


def test_ten_values_of_each_property_may_stand_together() -> None:
    ten = tuple(f"v{n}" for n in range(10))
    made = [Rule(named, RuleOperator.EQUALS, ten) for named in RuleProperty]
    assert clean_rules(made) == tuple(made)
