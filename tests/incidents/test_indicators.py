"""What alerts name, in one spelling; written, replaced and removed with their evidence."""

from ipaddress import ip_address

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast, import_all
from tests.connectors.samples import TYPE, graph_alert
from tidegate.incidents.indicator_queries import find_sightings
from tidegate.incidents.indicators import LONGEST, normalize, normalize_as, readings_of
from tidegate.incidents.models import Indicator, IndicatorKind

SHA256 = "ab" * 32
KINDS = st.sampled_from(list(IndicatorKind))
TEXTS = st.one_of(
    st.text(max_size=700),
    st.text("[](){}.:/@ hxtp\0\ud800İ\u017f\uff21", max_size=40),
    st.ip_addresses().map(str),
)


def named(cast: Cast, external_id: str = "da1") -> set[tuple[str, str, str]]:
    rows = Indicator.objects.of_tenant(cast.customer.id).filter(alert__external_id=external_id)
    return set(rows.values_list("kind", "value", "device_key"))


def file(name: str, **more: object) -> dict[str, object]:
    return {"@odata.type": TYPE + "fileEvidence", "fileDetails": {"fileName": name, "sha256": SHA256}, **more}


@given(KINDS, TEXTS)
def test_a_spelling_is_kept_as_it_is(kind: IndicatorKind, text: str) -> None:
    once = normalize_as(kind, text)
    assert normalize_as(kind, once) == once
    assert len(once) <= LONGEST
    assert "\0" not in once
    once.encode()


@given(
    st.lists(st.sampled_from(["0", "7", "07", "99", "199", "249", "255", "256", "", "1 ", "1\n"]), max_size=5)
)
def test_an_address_is_one_where_the_standard_library_takes_it(parts: list[str]) -> None:
    text = normalize(".".join(parts))
    try:
        address = str(ip_address(text))
    except ValueError:
        address = ""
    assert normalize_as(IndicatorKind.IP, text) == address


@given(st.text("abcdef0123456789ABCDEF", min_size=1, max_size=70))
def test_hashes_are_told_by_their_length_whatever_their_case(text: str) -> None:
    kinds = {64: IndicatorKind.SHA256, 40: IndicatorKind.SHA1, 32: IndicatorKind.MD5}
    hashes = {kind for kind, _value in readings_of(text)} & set(kinds.values())
    assert hashes == ({kinds[len(text)]} if len(text) in kinds else set())
    assert normalize(text) == normalize(text.swapcase())


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (IndicatorKind.SHA256, f" {SHA256.upper()}\n", SHA256),
        (IndicatorKind.SHA256, "ab" * 31, ""),
        (IndicatorKind.IP, "198.51.100[.]7", "198.51.100.7"),
        (IndicatorKind.IP, "2001:DB8:0:0::1", "2001:db8::1"),
        (IndicatorKind.IP, "::ffff:198.51.100.7", "198.51.100.7"),
        (IndicatorKind.IP, "198.51.100.700", ""),
        (IndicatorKind.URL, "hxxps[://]Evil[.]example/", "https://evil.example"),
        (IndicatorKind.DOMAIN, "Evil(.)Example.", "evil.example"),
        (IndicatorKind.DOMAIN, "198.51.100.7", ""),
        (IndicatorKind.DOMAIN, "no domain.example", ""),
        (IndicatorKind.TECHNIQUE, "t1059.001", "t1059.001"),
        (IndicatorKind.TECHNIQUE, "T10", ""),
        (IndicatorKind.ACCOUNT, "CORP\\Dora", "corp\\dora"),
        (IndicatorKind.FILE, "x" * 600, "x" * 512),
    ],
)
def test_spellings(kind: IndicatorKind, text: str, value: str) -> None:
    assert normalize_as(kind, text) == value


def test_an_alert_names_what_its_evidence_says(cast: Cast) -> None:
    evidence = [
        {
            "@odata.type": TYPE + "deviceEvidence",
            "mdeDeviceId": "D1",
            "deviceDnsName": "WS1.customer.example",
        },
        file("Tool.EXE", mdeDeviceId="d1"),
        {"@odata.type": TYPE + "urlEvidence", "url": "https://Evil.example/a?b=1"},
        {"@odata.type": TYPE + "ipEvidence", "ipAddress": "198.51.100.7"},
        {"@odata.type": TYPE + "userEvidence", "userAccount": {"accountName": "Dora", "domainName": "CORP"}},
        {"@odata.type": TYPE + "fileHashEvidence", "algorithm": "md5", "value": "AB" * 16},
    ]
    import_all(cast.customer, [graph_alert(evidence=evidence, mitreTechniques=["T1059.001", "odd"])])
    assert named(cast) == {
        ("device", "d1", "mde:d1"),
        ("device", "ws1.customer.example", "mde:d1"),
        ("file", "tool.exe", "mde:d1"),
        ("sha256", SHA256, "mde:d1"),
        ("url", "https://evil.example/a?b=1", ""),
        ("domain", "evil.example", ""),
        ("ip", "198.51.100.7", ""),
        ("account", "corp\\dora", ""),
        ("md5", "ab" * 16, ""),
        ("technique", "t1059.001", ""),
    }
    assert not Indicator.objects.of_tenant(cast.other.id).exists()


def test_technique_is_found_with_its_sub_techniques_and_not_the_other_way_round(cast: Cast) -> None:
    made = {"a": ["T1059.001"], "b": ["T1059"], "c": ["T1059.017", "T1105"], "d": ["T1005"]}
    alerts = [graph_alert(id=name, incidentId=name, mitreTechniques=names) for name, names in made.items()]
    import_all(cast.customer, alerts)
    scope = cast.enter("admin")

    assert {text: find_sightings(scope, text)[0].alerts for text in ("t1059", "T1059.001", "T1105")} == {
        "t1059": 3,
        "T1059.001": 1,
        "T1105": 1,
    }
    assert find_sightings(scope, "T1005.001") == []


def test_what_replaces_evidence_replaces_what_it_named(cast: Cast) -> None:
    import_all(cast.customer, [graph_alert(evidence=[file("old.exe")], mitreTechniques=["T1027"])])
    newer = graph_alert(evidence=[file("new.exe")], lastUpdateDateTime="2026-03-03T10:00:00Z")
    import_all(cast.customer, [newer])
    assert named(cast) == {("file", "new.exe", ""), ("sha256", SHA256, "")}
    import_all(cast.customer, [newer])
    assert Indicator.objects.of_tenant(cast.customer.id).count() == 2


def test_further_detections_add_and_name_nothing_twice(cast: Cast) -> None:
    def detection(number: int, name: str) -> dict[str, object]:
        return {
            "AlertId": "da9", "AlertTime": "2026-03-01T10:00:00Z", "AlertTitle": "Odd", "Category": "Malware",
            "Severity": "Low", "Source": "EDR", "FullId": f"da9:{number}", "DeviceID": "d1", "FileName": name,
            "ComputerDnsName": "ws1.customer.example", "LastProcessedTimeUtc": f"2026-03-01T1{number}:00:00Z",
        }  # fmt: skip

    import_all(cast.customer, [detection(1, "one.exe")])
    import_all(cast.customer, [detection(2, "two.exe"), detection(3, "one.exe")])
    assert {value for kind, value, _ in named(cast, "da9") if kind == "file"} == {"one.exe", "two.exe"}
    rows = Indicator.objects.of_tenant(cast.customer.id)
    assert rows.filter(kind="file").count() == 2
    assert rows.filter(kind="device", value="d1").count() == 1


def test_what_came_in_before_is_filled_in_alike(cast: Cast) -> None:
    alert = graph_alert(evidence=[file("tool.exe", mdeDeviceId="d1")], mitreTechniques=["T1027"])
    import_all(cast.customer, [alert])
    before = named(cast)
    Indicator.objects.of_tenant(cast.customer.id).delete()
    module = __import__("tidegate.incidents.migrations.0010_fill_indicators", fromlist=["fill"])
    module.fill(apps, connection.schema_editor())
    assert named(cast) == before
    assert len(before) == 4
