from tidegate.connectors.records import Json
from tidegate.web.evidence.fields import FIELDS_AT_MOST, Field, list_fields


def test_every_member_is_listed_in_the_order_of_its_source() -> None:
    body: dict[str, Json] = {"b": 1, "a": {"x": [True, None, "text"], "y": {}}, "none": None, "number": 1.5}
    assert list_fields(body).shown == (
        Field("b", "1"),
        Field("a.x[0]", "true"),
        Field("a.x[1]", ""),
        Field("a.x[2]", "text"),
        Field("a.y", ""),
        Field("none", ""),
        Field("number", "1.5"),
    )


def test_deep_values_are_written_as_json() -> None:
    value: Json = "end"
    for _ in range(60):
        value = {"in": value}
    [field] = list_fields(value).shown
    assert field.path == ".".join(["in"] * 8)
    assert field.text.startswith('{"in":')


def test_no_more_is_shown_than_people_read() -> None:
    fields = list_fields({str(number): number for number in range(FIELDS_AT_MOST + 3)})
    assert (len(fields.shown), fields.left_out) == (FIELDS_AT_MOST, 3)
