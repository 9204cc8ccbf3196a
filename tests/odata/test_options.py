"""The query options of a request."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from django.db.models import Q
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.odata.samples import COMMENT, INCIDENT
from tidegate.core.paging import SortKey
from tidegate.odata.errors import BadQuery
from tidegate.odata.options import parse_options
from tidegate.odata.query import Expansion, Query
from tidegate.odata.resource import Option

CREATED, CREATED_DOWN = SortKey("created_at", descending=False), SortKey("created_at")
ID, ID_DOWN = SortKey("id", descending=False), SortKey("id")
NOTHING = Query(sort_keys=(CREATED_DOWN, ID_DOWN), top=50)
ALERTS = Query(sort_keys=(ID_DOWN,), top=100)

FILTERABLE = ", ".join(found.name for found in INCIDENT.properties)
SELECTABLE = "comments, title, " + FILTERABLE.replace("/id", "").replace("/name", "") + ", alerts"


def read(text: str) -> Query:
    return parse_options(QueryDict(text).lists(), INCIDENT)


def given_as(**changes: Any) -> Query:
    return replace(NOTHING, **changes)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", NOTHING),
        ("tid=1&Count-of=x&", NOTHING),
        ("$filter=&$top=&$orderby= &$count=", NOTHING),
        ("$top=7&$skip=14", asked := given_as(top=7, is_top_given=True, skip=14)),
        ("%24top=7&%24skip=14&", asked),
        ("top=7&SKIP=14", asked),
        ("$top=0&$Count=True", given_as(top=0, is_top_given=True, count=True)),
        ("$count=false", NOTHING),
        ("$orderby=createdDateTime", oldest := given_as(sort_keys=(CREATED, ID))),
        ("$orderby=createdDateTime asc", oldest),
        ("$orderby=createdDateTime%2Basc", oldest),
        ("$orderby=CREATEDDATETIME DESC", given_as(sort_keys=(CREATED_DOWN, ID_DOWN))),
        ("$orderby=severity desc, createdDateTime",
         given_as(sort_keys=(SortKey("severity"), CREATED, ID))),
        ("$select=id, DISPLAYNAME,comments,id,user",
         given_as(select=("id", "displayName", "comments", "user"))),
        ("$select=id,*", NOTHING),
        ("$search=anything", given_as(search="anything")),
        ("$skiptoken=abc-_", given_as(skiptoken="abc-_")),
        ("$format=application/json;odata.metadata=minimal", NOTHING),
        ("$expand=alerts", given_as(expand=(Expansion("alerts", ALERTS),))),
        ("$expand=Alerts($top=5;$select=title)", given_as(expand=(
            Expansion("alerts", replace(ALERTS, top=5, is_top_given=True, select=("title",))),
        ))),
        ("$expand=alerts(select=id,title;$expand=comments($orderby=createdDateTime asc;$count=true))",
         given_as(expand=(Expansion("alerts", replace(ALERTS, select=("id", "title"), expand=(
             Expansion("comments", Query(sort_keys=(CREATED, ID), top=5, count=True)),
         ))),))),
    ],
)  # fmt: skip
def test_options_are_read(text: str, query: Query) -> None:
    assert read(text) == query


def test_options_together_become_one_condition_and_one_order() -> None:
    query = read("$filter=severity eq 'high'&$orderby=severity desc&$expand=alerts")
    assert query.condition == Q(severity__exact=4)
    assert query.order == ("-severity", "-id")
    assert query.expansion("alerts") == Expansion("alerts", ALERTS)
    assert query.expansion("comments") is None


def test_filter_within_an_expansion_keeps_its_quotes_and_parentheses() -> None:
    nested = (
        "$filter=createdDateTime gt 2026-03-01 or createdDateTime in ('2026-03-01T00:00:00Z',null);$top=3"
    )
    resource = replace(INCIDENT, expandable={"comments": COMMENT})
    text = f"$expand={quote(f'comments({nested})')}"
    found = parse_options(QueryDict(text).lists(), resource).expansion("comments")
    assert found is not None
    assert found.query.top == 3
    assert found.query.condition.connector == Q.OR


@pytest.mark.parametrize(
    ("text", "option", "reason"),
    [
        ("$top=-1", "$top", "must be a whole number from 0 to 200"),
        ("$top=201", "$top", "must be a whole number from 0 to 200"),
        ("$top=٣", "$top", "must be a whole number from 0 to 200"),
        ("$skip=1.5", "$skip", "must be a whole number from 0 to 2147483647"),
        ("$skip=99999999999", "$skip", "must be a whole number from 0 to 2147483647"),
        ("$count=yes", "$count", "must be true or false"),
        ("$top=1&$top=2", "$top", "is given more than once"),
        ("$top=1&TOP=1", "$top", "is given more than once"),
        ("$apply=aggregate(x)", "$apply",
         f"is not supported for an incident; supported: {', '.join(Option)}"),
        ("$orderby=displayName", "$orderby",
         "an incident cannot be ordered by displayName; supported: createdDateTime, severity"),
        ("$orderby=severity up", "$orderby", "after severity comes asc or desc"),
        ("$select=secret", "$select", f"an incident has no secret; it has {SELECTABLE}"),
        ("$expand=secret", "$expand", "an incident cannot expand secret; supported: alerts"),
        ("$expand=alerts,Alerts", "$expand", "alerts is given more than once"),
        ("$expand=alerts($top=5", "$expand", "what alerts opens is not closed at its end"),
        ("$expand=alerts($top=x)", "$expand", "within alerts: $top: must be a whole number from 0 to 1000"),
        ("$expand=alerts($expand=alerts)", "$expand",
         "within alerts: $expand: an alert cannot expand alerts; supported: comments"),
        ("$expand=alerts($top=1;top=2)", "$expand", "within alerts: $top: is given more than once"),
        ("$format=xml", "$format", "must be json"),
        ("$filter=x eq 1", "$filter",
         f"at character 1: an incident cannot be filtered by x; supported: {FILTERABLE}"),
        ("$search=%00", "$search", "must be at most 8000 characters of text"),
    ],
)  # fmt: skip
def test_option_refused_by_name_with_its_reason(text: str, option: str, reason: str) -> None:
    with pytest.raises(BadQuery) as refused:
        read(text)
    assert refused.value.fields == {option: reason}


def test_option_that_makes_no_sense_for_one_object_is_refused() -> None:
    one = INCIDENT.one_object()
    assert one.options == {Option.SELECT, Option.EXPAND, Option.FORMAT}
    assert parse_options([("$select", ["id"]), ("top", ["5"])], one).select == ("id",)
    with pytest.raises(BadQuery, match="is not supported for an incident; supported:"):
        parse_options([("$top", ["5"])], one)


parts = st.sampled_from(
    ["alerts", "(", ")", ";", ",", "$top=1", "$expand=", "comments", "'", "$", "=", " ", "asc", "id"]
)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(Option), st.text(max_size=30) | st.lists(parts, max_size=12).map("".join))
def test_option_of_any_text_is_read_or_refused(option: Option, text: str) -> None:
    try:
        assert isinstance(parse_options([(option, [text])], INCIDENT), Query)
    except BadQuery as refused:
        assert [*refused.fields] == [option]  # noqa: PT017
