"""Documents that are no documents, and what is said of them."""

import pytest

from tidegate.manifest.places import Misfit
from tidegate.manifest.reading import read_document


def refusal(text: str) -> str:
    with pytest.raises(Misfit) as error:
        read_document(text)
    return error.value.message


@pytest.mark.parametrize(
    ("tenant", "words"),
    [
        ("contry: NL", 'tenants[0]: there is no member "contry" here; did you mean "country"?'),
        (
            "groups: [{display_name: A, members: [{user: a@b.example, until: 2027-01-01}]}]",
            (
                'tenants[0].groups[0].members[0]: there is no member "until" here; '
                "it is one of: user, ends_at, state"
            ),
        ),
        (
            "groups: [{display_name: A}, {display_name: B, state: abset}]",
            'tenants[0].groups[1].state: there is no such word as "abset"; did you mean "absent"?',
        ),
        (
            "connected_organizations: [{tenant: a.example, organization_state: propose}]",
            (
                "tenants[0].connected_organizations[0].organization_state: "
                'there is no such word as "propose"; did you mean "proposed"?'
            ),
        ),
        ("groups: [{}]", 'tenants[0].groups[0]: lacks the member "display_name"'),
        ("domains: [7]", "tenants[0].domains[0]: must be text or an object, and is a whole number"),
        ("id: 12", "tenants[0].id: must be an id, and is a whole number"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(tenant: str, words: str) -> None:
    assert refusal(f"version: 1\ntenants: [{{{tenant}}}]") == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must be an object, and is nothing"),
        ("tenants: []", 'lacks the member "version"'),
        ("version: 2\ntenants: []", "version: Invalid enum value 2"),
        ("version: 1\ntenants: []\nversion: 1", 'line 3, column 1: the member "version" is there twice'),
        ("version: 1\ntenants: [", "line 2, column 11: expected the node content, but found '<stream end>'"),
        ("!!python/object/apply:os.system [id]", "line 1, column 1: could not determine a constructor "),
        ("[" * 5000, "This is neither YAML nor JSON."),
    ],
)
def test_text_that_is_no_document_is_refused(text: str, words: str) -> None:
    assert refusal(text).startswith(words)


def test_plain_words_are_read_as_they_are_written() -> None:
    document = read_document("version: 1\ntenants: [{country: NO, id: 3F1C2A8E-7D54-4B61-9C0E-5A2B8F7D6E01}]")

    assert document.tenants[0].country == "NO"
    assert str(document.tenants[0].id) == "3f1c2a8e-7d54-4b61-9c0e-5a2b8f7d6e01"


def test_json_is_read_too() -> None:
    text = '{"version": 1, "tenants": [{"domains": ["a.example"], "is_discoverable": true}]}'

    assert read_document(text).tenants[0].is_discoverable is True
