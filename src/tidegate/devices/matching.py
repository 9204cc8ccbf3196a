"""Which devices a device group's rules take: pure functions that ask no database.

Rules of one property are alternatives, and so are the values of a rule; properties must all hold. No
rules take no device. Letter case makes no difference.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tidegate.core.errors import InvalidInput
from tidegate.core.text import clean_line
from tidegate.devices.models import Device
from tidegate.devices.words import RuleOperator, RuleProperty

VALUES_AT_MOST: Final = 10
LONGEST_VALUE: Final = 256


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition: a property of the device compares to one of the values."""

    property: RuleProperty
    operator: RuleOperator
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Traits:
    """What rules see of a device: for each property the texts that may match, in one letter case."""

    texts: Mapping[RuleProperty, tuple[str, ...]]


def traits_of(device: Device) -> Traits:
    """A device's traits. Its name is the part before the first dot, and also the whole DNS name."""
    whole = device.dns_name.casefold()
    host, _, domain = whole.partition(".")
    texts = {
        RuleProperty.NAME: (host, whole) if domain else (whole,),
        RuleProperty.DOMAIN: (domain,),
        RuleProperty.TAG: tuple(str(tag).casefold() for tag in device.tags),
        RuleProperty.OS_PLATFORM: (device.os_platform.casefold(),),
    }
    return Traits({name: tuple(filter(None, found)) for name, found in texts.items()})


def matches(rules: Sequence[Rule], traits: Traits) -> bool:
    """Whether a device is one that the rules take."""
    by_property: dict[RuleProperty, bool] = {}
    for rule in rules:
        held = by_property.get(rule.property, False)
        by_property[rule.property] = held or _holds(rule, traits.texts[rule.property])
    return bool(rules) and all(by_property.values())


def clean_rules(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules fit to keep: values trimmed, each once. Raises InvalidInput naming `rules`.

    Each rule has a value, and a property at most ten of them, over all its rules.
    """
    cleaned = tuple(Rule(rule.property, rule.operator, _clean_values(rule.values)) for rule in rules)
    counts: Counter[RuleProperty] = Counter()
    for rule in cleaned:
        counts[rule.property] += len(rule.values)
    for name, count in counts.items():
        if count > VALUES_AT_MOST:
            reason = f"must have at most {VALUES_AT_MOST} values for {name}; these are {count}"
            raise InvalidInput(fields={"rules": reason})
    return cleaned


def read_rules(value: object) -> tuple[Rule, ...]:
    """Rules from their JSON: a list of {"property", "operator", "values"}. Raises InvalidInput."""
    if not isinstance(value, list):
        raise InvalidInput(fields={"rules": "must be a list"})
    return clean_rules([_read_rule(item) for item in value])


def write_rules(rules: Iterable[Rule]) -> list[dict[str, object]]:
    """Rules as JSON; `read_rules` turned round."""
    return [
        {"property": str(rule.property), "operator": str(rule.operator), "values": list(rule.values)}
        for rule in rules
    ]


def _holds(rule: Rule, texts: Iterable[str]) -> bool:
    compare = _COMPARE[rule.operator]
    wanted = [value.casefold() for value in rule.values]
    return any(compare(text, value) for text in texts for value in wanted)


def _clean_values(values: Iterable[str]) -> tuple[str, ...]:
    lines = [clean_line(value, "rules", longest=LONGEST_VALUE) for value in values]
    if not lines:
        raise InvalidInput(fields={"rules": "must each have at least one value"})
    once: dict[str, str] = {}
    for line in lines:
        once.setdefault(line.casefold(), line)
    return tuple(once.values())


def _read_rule(item: object) -> Rule:
    if not isinstance(item, Mapping):
        raise InvalidInput(fields={"rules": "must each have a property, an operator and values"})
    values = item.get("values")
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InvalidInput(fields={"rules": "must each have a list of values"})
    return Rule(
        RuleProperty(_read_word(item.get("property"), RuleProperty)),
        RuleOperator(_read_word(item.get("operator"), RuleOperator)),
        tuple(values),
    )


def _read_word(value: object, words: type[RuleProperty | RuleOperator]) -> str:
    known = [str(word) for word in words]
    if value not in known:
        raise InvalidInput(fields={"rules": f"must each have one of: {', '.join(known)}"})
    return str(value)


_COMPARE: Final[Mapping[RuleOperator, Callable[[str, str], bool]]] = {
    RuleOperator.EQUALS: str.__eq__,
    RuleOperator.STARTS_WITH: str.startswith,
    RuleOperator.ENDS_WITH: str.endswith,
    RuleOperator.CONTAINS: str.__contains__,
}
