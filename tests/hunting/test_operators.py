"""What each operator makes of rows: one contract for both engines, computed by hand."""

from typing import Any

import pytest

from tests.hunting.hunts import hunt, rows_of
from tidegate.authorization.scope import Scope
from tidegate.hunting.errors import QueryError
from tidegate.hunting.kinds import Kind

BY_ID = " | sort by AlertId asc"
ROWS: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("AlertInfo | where Severity == 'High' | project AlertId, Title", [("a1", "Malware found")]),
    ("AlertInfo | filter Title has 'MALWARE' | project AlertId | order by AlertId asc", [("a1",), ("a2",)]),
    ("AlertInfo | where Timestamp > ago(8d) | project AlertId" + BY_ID, [("a3",)]),
    (
        "AlertInfo | where Timestamp >= datetime(2026-03-02 02:30) | project AlertId" + BY_ID,
        [("a2",), ("a3",)],
    ),
    (
        "AlertInfo | where Timestamp <= datetime(2026-03-02 02:30) | project AlertId" + BY_ID,
        [("a1",), ("a2",)],
    ),
    ("AlertInfo | where Timestamp between (datetime(2026-03-02) .. 1d) | project AlertId", [("a2",)]),
    (
        "AlertInfo | project Short = substring(Title, 0, 3), N = strlen(Title) | sort by N asc | take 1",
        [("Mal", 13)],
    ),
    ("AlertInfo | project-keep AlertId, Sev*" + BY_ID + " | take 1", [("a1", "High")]),
    (
        "AlertInfo | project AlertId, Title, Severity | project-away T*, Severity" + BY_ID,
        [("a1",), ("a2",), ("a3",)],
    ),
    ("AlertInfo | project AlertId | project-rename Id = AlertId | sort by Id desc | take 1", [("a3",)]),
    (
        "AlertInfo | project AlertId | extend N = strlen(AlertId), M = N + 1 | extend N = M"
        + BY_ID
        + " | take 1",
        [("a1", 3, 3)],
    ),
    ("AlertInfo | extend ['two words'] = 1 | project ['two words'] | take 1", [(1,)]),
    # Counting.
    ("AlertInfo | count", [(3,)]),
    ("AlertInfo | where false | count", [(0,)]),
    (
        "AlertInfo | summarize count() by Category | sort by Category asc",
        [("InitialAccess", 1), ("Malware", 2)],
    ),
    ("AlertInfo | summarize by Category | sort by Category desc", [("Malware",), ("InitialAccess",)]),
    (
        "AlertInfo | summarize N = count() by Day = bin(Timestamp, 2d) | sort by Day asc",
        [("2026-02-28T00:00:00Z", 1), ("2026-03-02T00:00:00Z", 2)],
    ),
    (
        "AlertInfo | summarize count() by bin(Timestamp, 1d) | sort by Timestamp asc | take 1",
        [("2026-03-01T00:00:00Z", 1)],
    ),
    (
        "AlertInfo | summarize H = countif(Severity == 'High'), D = dcount(Category), X = count() * 2",
        [(1, 2, 6)],
    ),
    ("AlertInfo | summarize min(Timestamp), max(Title)", [("2026-03-01T01:30:00Z", "malware again")]),
    ("AlertInfo | summarize sum(IncidentId), avg(IncidentId), avg(strlen(AlertId))", [(123, 41.0, 2.0)]),
    (
        "AlertInfo | summarize sumif(IncidentId, Severity == 'High'), dcountif(Title, Category == 'Malware')",
        [(41, 2)],
    ),
    (
        "AlertInfo | summarize minif(Timestamp, Severity == 'Low'), maxif(Timestamp, false)",
        [("2026-03-02T02:30:00Z", None)],
    ),
    (
        "AlertInfo | summarize make_set(Category), make_set(strlen(AlertId)), make_set(Title, 1)",
        [(["InitialAccess", "Malware"], [2], ["Malware found"])],
    ),
    ("AlertInfo | summarize make_set_if(Title, Severity == 'High')", [(["Malware found"],)]),
    ("AlertInfo | summarize array_length(make_list(Title))", [(3,)]),
    (
        "AlertInfo | summarize make_set(Timestamp)",
        [(["2026-03-01T01:30:00.0000000Z", "2026-03-02T02:30:00.0000000Z", "2026-03-03T03:30:00.0000000Z"],)],
    ),
    ("AlertInfo | summarize percentile(strlen(Title), 50), percentile(strlen(Title), 0)", [(13, 13)]),
    (
        "AlertInfo | summarize arg_max(Timestamp, AlertId, Title) by Category | sort by Category asc",
        [
            ("InitialAccess", "2026-03-03T03:30:00Z", "a3", "Odd sign-in from Zürich"),
            ("Malware", "2026-03-02T02:30:00Z", "a2", "malware again"),
        ],
    ),
    (
        "AlertInfo | project AlertId, Timestamp, Bad = Severity == 'High' | summarize arg_min(Timestamp, *)",
        [("2026-03-01T01:30:00Z", "a1", True)],
    ),
    (
        "AlertInfo | summarize take_any(IncidentId) by Severity | sort by Severity asc | take 1",
        [("High", 41)],
    ),
    # Of no rows at all there is one row without keys, and none with them.
    (
        (
            "AlertInfo | where false"
            " | summarize count(), sum(IncidentId), dcount(Title), make_set(Title), max(Title), "
            "max(Timestamp), avg(IncidentId)"
        ),
        [(0, 0, 0, [], "", None, None)],
    ),
    ("AlertInfo | where false | summarize count() by Title", []),
    # Order, and how many.
    ("AlertInfo | top 2 by Timestamp | project AlertId", [("a3",), ("a2",)]),
    ("AlertInfo | top 1 by Timestamp asc | project AlertId", [("a1",)]),
    (
        (
            "AlertInfo | sort by Timestamp | project Title, AlertId | where Title != '' | take 2"
            " | project AlertId"
        ),
        [("a3",), ("a2",)],
    ),
    ("AlertInfo | sort by Category asc, Timestamp desc | project AlertId", [("a3",), ("a2",), ("a1",)]),
    (
        (
            "AlertInfo | extend N = tolong(iff(AlertId == 'a2', '', '1'))"
            " | sort by N desc, AlertId asc | project AlertId"
        ),
        [("a1",), ("a3",), ("a2",)],
    ),
    (
        (
            "AlertInfo | extend N = tolong(iff(AlertId == 'a2', '', '1'))"
            " | sort by N asc, AlertId asc | project AlertId"
        ),
        [("a2",), ("a1",), ("a3",)],
    ),
    (
        (
            "AlertInfo | extend N = tolong(iff(AlertId == 'a2', '', '1'))"
            " | sort by N asc nulls last, AlertId asc"
            " | project AlertId"
        ),
        [("a1",), ("a3",), ("a2",)],
    ),
    ("AlertInfo | take 0", []),
    ("AlertInfo | limit 1 | count", [(1,)]),
    ("AlertInfo | distinct Category | sort by Category asc", [("InitialAccess",), ("Malware",)]),
    ("AlertInfo | project Category | distinct * | count", [(2,)]),
    # Joining.
    (
        "AlertInfo | join kind=inner AlertEvidence on AlertId | where EntityType == 'User'"
        " | project AlertId, AccountName" + BY_ID,
        [("a1", "ann"), ("a2", "bob"), ("a3", "ann")],
    ),
    (
        "AlertInfo | join kind=leftouter (AlertEvidence"
        " | where EntityType == 'Ip') on $left.AlertId == $right.AlertId"
        " | project AlertId, AlertId1, RemoteIP, FileSize" + BY_ID,
        [("a1", "", "", None), ("a2", "", "", None), ("a3", "a3", "192.0.2.3", None)],
    ),
    (
        (
            "AlertInfo | join kind=leftsemi (AlertEvidence"
            " | where FileName =~ 'evil.exe') on AlertId | project AlertId"
        )
        + BY_ID,
        [("a1",), ("a2",)],
    ),
    (
        (
            "AlertInfo | join kind=leftanti (AlertEvidence"
            " | where FileName =~ 'evil.exe') on AlertId | project AlertId"
        ),
        [("a3",)],
    ),
    (
        (
            "AlertEvidence | where EntityType == 'User' | join (AlertEvidence"
            " | where EntityType == 'User') on AccountName"
            " | summarize N = count() by AccountName | sort by AccountName asc"
        ),
        [("ann", 2), ("bob", 1)],
    ),
    ("let T = AlertInfo; T | join kind=inner T on AlertId | count", [(3,)]),
    (
        (
            "AlertInfo | union DeviceInfo | summarize count() by Kind = iff(Title == '', 'device', 'alert')"
            " | sort by Kind asc"
        ),
        [("alert", 3), ("device", 2)],
    ),
    (
        (
            "union withsource=From AlertInfo, (DeviceInfo | take 1) | summarize count() by From"
            " | sort by From asc"
        ),
        [("AlertInfo", 3), ("DeviceInfo", 1)],
    ),
    (
        "union kind=inner AlertInfo, AlertEvidence | where AlertId == 'a1' | project Title | take 1",
        [("Malware found",)],
    ),
    # Naming.
    (
        (
            'let since = datetime(2026-03-02); let word = \'again\'; let bad = dynamic(["Low", "High"]);'
            "AlertInfo | where Timestamp > since and Title has word and Severity in (bad) | project AlertId"
        ),
        [("a2",)],
    ),
    ("let T = AlertInfo | where Severity == 'High'; let U = T; U | project AlertId", [("a1",)]),
    (
        "let T = (AlertEvidence | where FileName has 'evil' | project AlertId); AlertInfo"
        " | where AlertId in (T)"
        " | project AlertId" + BY_ID,
        [("a1",), ("a2",)],
    ),
    (
        (
            "AlertInfo | where AlertId !in (AlertEvidence | where FileName has 'evil'"
            " | project AlertId) | project AlertId"
        ),
        [("a3",)],
    ),
    ("AlertInfo | where Title in~ (AlertInfo | project toupper(Title)) | count", [(3,)]),
    # Values within values.
    (
        (
            "AlertInfo | where AlertId == 'a1' | project AttackTechniques[1], tostring(AttackTechniques[0]), "
            "AttackTechniques has 'T1566', array_length(AttackTechniques)"
        ),
        [("T1566", "T1204", True, 2)],
    ),
    (
        (
            "AlertEvidence | where tostring(AdditionalFields.fileDetails['fileName']) == 'Evil.exe'"
            " | project AlertId"
        ),
        [("a1",)],
    ),
    (
        (
            "AlertEvidence | where AlertId == 'a2'"
            " | project EntityType, EvidenceRole, DeviceName, DeviceId, FileSize"
            " | sort by EntityType asc"
        ),
        [
            ("File", "Related", "srv-1.corp.example", "id-srv-1", 7),
            ("Machine", "Impacted", "srv-1.corp.example", "id-srv-1", None),
            ("User", "Impacted", "", "", None),
        ],
    ),
    (
        "DeviceInfo | project DeviceName, OSPlatform, MachineGroup | sort by DeviceName asc | take 1",
        [("pc-1.corp.example", "Windows11", "Ungrouped devices")],
    ),
    (
        "IdentityInfo | project AccountUpn, FirstSeen, Timestamp | sort by AccountUpn asc | take 1",
        [("ann@corp.example", "2026-03-01T01:30:00Z", "2026-03-03T03:30:00Z")],
    ),
    (
        "AlertInfo | where AlertId == 'a3' | project ServiceSource, DetectionSource, Status",
        [("AAD Identity Protection", "AAD Identity Protection", "new")],
    ),
    ("// what\nAlertInfo // comes\n| count // here\n", [(3,)]),
    ("AlertInfo | count | render table", [(3,)]),
    ("print 1, x = 2", [(1, 2)]),
    # What is made and not used later still decides how many rows there are.
    ("AlertInfo | count | project x = 1", [(1,)]),
    ("AlertInfo | summarize count(), max(Title) | project x = 1", [(1,)]),
    ("AlertInfo | where false | summarize count() | extend x = 1 | project x", [(1,)]),
    ("AlertInfo | summarize count() by Category | project x = 1", [(1,), (1,)]),
    ("AlertInfo | distinct Category | project x = 1", [(1,), (1,)]),
    ("AlertInfo | summarize arg_max(Timestamp, *) by Category | count", [(2,)]),
    ("union AlertInfo, DeviceInfo | project x = 1 | count", [(5,)]),
    ("AlertInfo | join kind=inner AlertEvidence on AlertId | project x = 1 | count", [(8,)]),
    ("AlertInfo | join kind=leftouter (AlertEvidence | where false) on AlertId | count", [(3,)]),
    (
        (
            "let D = DeviceInfo | extend N = tolong(''); AlertInfo | extend N = tolong('')"
            " | join kind=leftanti D on N | count"
        ),
        [(3,)],
    ),
    (
        (
            "let D = DeviceInfo | extend N = tolong(''); AlertInfo | extend N = tolong('')"
            " | join kind=leftsemi D on N | count"
        ),
        [(0,)],
    ),
]

REFUSED: list[tuple[str, str, tuple[int, int]]] = [
    ("AlertInfo | where Title", "This is a string; a condition is expected.", (1, 19)),
    ("AlertInfo | project Title, Title", "There are two columns 'Title'.", (1, 28)),
    ("AlertInfo\n  | project Titl", "There is no column 'Titl' here; did you mean Title?", (2, 13)),
    ("AlertInfo | project title", "There is no column 'title' here; did you mean Title?", (1, 21)),
    (
        "AlertInfo | summarize Title by Severity",
        "'Title' differs within a group: aggregate it, or put it after by.",
        (1, 23),
    ),
    ("AlertInfo | summarize n = cont()", "There is no function 'cont' here", (1, 27)),
    ("AlertInfo | take -1", "A whole number up to 1,000,000 is expected here.", (1, 18)),
    ("AlertInfo | take Title", "There is no column 'Title' here.", (1, 18)),
    ("AlertInfo | join kind=outer DeviceInfo on TenantId", "The kinds of join are", (1, 23)),
    ("AlertInfo | join DeviceInfo on Title", "There is no column 'Title' here", (1, 32)),
    ("AlertInfo | sort by AttackTechniques", "Rows cannot be sorted by a dynamic value", (1, 21)),
    ("AlertInfo | project-away *", "No column would be left.", (1, 13)),
    ("AlertInfo | project-rename Title = AlertId", "Two columns would have the same name.", (1, 13)),
    ("AlertInfo | extend x = summarize", "There is no column 'summarize' here", (1, 24)),
    ("AlertInfo | mv-expand Title", "There is no operator 'mv-expand' here; there are", (1, 13)),
    ("AlertInfo | where Title matches regex 'a'", "Regular expressions are not offered", (1, 25)),
    ("let f = (x:long) { x }; AlertInfo", "Expected ), found ':'.", (1, 11)),
    (
        "AlertInfo | summarize percentile(strlen(Title), 101)",
        "A percentile is a number from 0 to 100.",
        (1, 23),
    ),
    ("AlertInfo | summarize x = arg_max(Timestamp, Title) + 1", "arg_max stands alone", (1, 27)),
    ("AlertInfo AlertEvidence", "Expected | or the end of the query, found 'AlertEvidence'.", (1, 11)),
    ("", "Expected a table, found the end.", (1, 1)),
    ("AlertInfo | where Title == 'open\nx'", "A text that begins here is not closed in its line.", (1, 28)),
    ("AlertInfo | render heatmap", "The kinds of chart are", (1, 20)),
    ("AlertInfo | where Title ? 1", "'?' cannot stand here.", (1, 25)),
    ("union AlertInfo, (AlertInfo | project Title = 5)", "Column 'Title' is a string and a long.", (1, 7)),
]


def test_operators_make_of_rows_what_kusto_makes_of_them(analyst: Scope) -> None:
    found = {query: rows_of(analyst, query) for query, _ in ROWS}
    assert found == dict(ROWS)


def test_what_cannot_be_done_is_refused_at_its_place(analyst: Scope) -> None:
    for query, reason, (line, column) in REFUSED:
        with pytest.raises(QueryError) as refused:
            hunt(analyst, query)
        assert refused.value.reason.startswith(reason), query
        assert (refused.value.place.line, refused.value.place.column) == (line, column), query


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        (
            (
                "AlertInfo | summarize count(), dcount(Title), make_set(Title),"
                " make_list(Title), percentile(IncidentId, 90),"
                " take_any(Severity), sum(strlen(Title)), count() by bin(Timestamp, 1d)"
            ),
            [
                "Timestamp",
                "count_",
                "dcount_Title",
                "set_Title",
                "list_Title",
                "percentile_IncidentId_90",
                "Severity",
                "sum_",
                "count_1",
            ],
        ),
        ("AlertInfo | project tolower(Title), tostring(IncidentId)", ["Column1", "IncidentId"]),
        (
            "AlertInfo | project AlertId | join kind=inner (AlertInfo | project AlertId, Title) on AlertId",
            ["AlertId", "AlertId1", "Title"],
        ),
        ("AlertInfo | summarize arg_max(Timestamp, Title) by Severity", ["Severity", "Timestamp", "Title"]),
        ("print 1, 'a'", ["print_0", "print_1"]),
        ("AlertInfo | project AttackTechniques[0], x = 1", ["AttackTechniques_0", "x"]),
    ],
)
def test_columns_are_called_as_kusto_calls_them(analyst: Scope, query: str, columns: list[str]) -> None:
    assert hunt(analyst, query).names == columns


def test_columns_have_types_also_where_there_are_no_rows(analyst: Scope) -> None:
    query = (
        "AlertInfo | where false"
        " | project a = Title, b = IncidentId, c = 1.5, d = true, e = Timestamp, f = 1h,"
        " g = AttackTechniques"
    )
    answer = hunt(analyst, query)
    kinds = [Kind.STRING, Kind.LONG, Kind.REAL, Kind.BOOL, Kind.DATETIME, Kind.TIMESPAN, Kind.DYNAMIC]
    assert (answer.columns, answer.rows) == (tuple(zip("abcdefg", kinds, strict=True)), [])


def test_query_says_how_it_is_to_be_drawn(analyst: Scope) -> None:
    query = (
        "AlertInfo | summarize count() by bin(Timestamp, 1d) | render timechart with (title='x', ysplit=axes)"
    )
    assert hunt(analyst, query).chart == "timechart"
    assert hunt(analyst, "AlertInfo").chart == ""
