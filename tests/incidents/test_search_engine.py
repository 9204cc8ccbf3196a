"""Texts are found alike on both engines: one contract, written as plain Python beside it."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Cast, import_all
from tests.connectors.samples import graph_alert
from tidegate.incidents import search_engine
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.search_engine import (
    SearchTooCostly,
    bounded,
    has_part,
    has_words,
    make_extension,
    words_of,
)

TITLES = (
    "Suspicious PowerShell on ws1.customer.example",
    "Möglicher Zugriff: Straße 12-34",
    "Вредоносная программа обнаружена",
    "C:\\Temp\\tool_2.exe was blocked (x86-64)",
    "a b c -5 1e5 v2.0.1 10.0.0.1 user@corp.example",
    "https://evil.example/path?q=1&r=%20 'quoted' \"twice\" * & | ! :",
)
ASKED = st.one_of(
    st.text("aAbpsexmö12.5-_ :*&|!()'\"%\\@ÅВр", max_size=12),
    st.sampled_from([part for title in TITLES for part in title.split()]),
    st.text(max_size=30).filter(lambda text: "\0" not in text),
)


def has_them(title: str, asked: str) -> bool:
    """The contract: every word asked begins a word of the text."""
    words = search_engine.all_words_of(title)
    return all(any(word.startswith(begin) for word in words) for begin in words_of(asked))


@pytest.fixture
def titles(cast: Cast) -> Cast:
    import_all(
        cast.customer, [graph_alert(id=f"a{n}", incidentId=None, title=t) for n, t in enumerate(TITLES)]
    )
    return cast


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(asked=ASKED)
def test_words_are_found_as_the_contract_says(titles: Cast, asked: str) -> None:
    rows = Alert.objects.of_tenant(titles.customer.id)
    expected = {title for title in TITLES if words_of(asked) and has_them(title, asked)}
    for tenant_id in (None, titles.customer.id):
        found = rows.filter(has_words(Alert, asked, tenant_id))
        assert set(found.values_list("title", flat=True)) == expected


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(asked=st.text("aeopsw1.x%_\\'\"", min_size=1, max_size=6))
def test_parts_are_found_as_the_contract_says(titles: Cast, asked: str) -> None:
    rows = Alert.objects.of_tenant(titles.customer.id).filter(has_part("title", asked))
    begins = len(asked) < 3
    expected = {
        title
        for title in TITLES
        if (title.lower().startswith(asked) if begins else asked.lower() in title.lower())
    }
    assert set(rows.values_list("title", flat=True)) == expected


def test_without_trigrams_a_part_is_the_beginning(titles: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("pg_trgm is PostgreSQL's.")
    monkeypatch.setattr(search_engine, "has_trigrams", lambda: False)
    rows = Alert.objects.of_tenant(titles.customer.id)
    assert not rows.filter(has_part("title", "powershell")).exists()
    assert rows.filter(has_part("title", "suspicious p")).count() == 1


def test_who_may_not_have_trigrams_goes_without(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("pg_trgm is PostgreSQL's.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION IF EXISTS pg_trgm CASCADE")
        assert make_extension(connection)
        cursor.execute("DROP EXTENSION pg_trgm")
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"REVOKE CREATE ON DATABASE {name} FROM CURRENT_USER, PUBLIC")
        assert not make_extension(connection)
        transaction.set_rollback(True)


def test_words_follow_what_an_alert_is_called(titles: Cast) -> None:
    newer = graph_alert(id="a0", incidentId=None, title="Renamed", lastUpdateDateTime="2026-03-03T10:00:00Z")
    import_all(titles.customer, [newer])
    rows, incidents = (m.objects.of_tenant(titles.customer.id) for m in (Alert, Incident))
    assert rows.filter(has_words(Alert, "renamed")).count() == 1
    assert not rows.filter(has_words(Alert, "powershell")).exists()
    # The incident was made of it, and follows it.
    assert incidents.filter(has_words(Incident, "renamed")).count() == 1
    assert not incidents.filter(has_words(Incident, "powershell")).exists()


def test_what_takes_too_long_is_ended(db: None) -> None:
    slow = (
        "SELECT count(*) FROM (WITH RECURSIVE n(i) AS"
        " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n) AS t"
    )
    with pytest.raises(SearchTooCostly), bounded(0.05), connection.cursor() as cursor:
        cursor.execute(slow.format(50_000_000))
    with connection.cursor() as cursor:
        cursor.execute(slow.format(10))
        assert cursor.fetchone() == (10,)
