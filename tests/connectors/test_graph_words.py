import pytest

from tidegate.connectors.graph_words import (
    AlertSeverity,
    AlertStatus,
    DetectionSource,
    Determination,
    IncidentStatus,
    canonical_word,
)


@pytest.mark.parametrize("word", ["inProgress", "InProgress", "INPROGRESS", "inprogress"])
def test_case_does_not_matter(word: str) -> None:
    assert canonical_word(AlertStatus, word) == "inProgress"
    assert canonical_word(IncidentStatus, word) == "inProgress"


@pytest.mark.parametrize(
    ("one", "other", "canonical"),
    [
        ("compromisedUser", "CompromisedAccount", "compromisedAccount"),
        ("Clean", "NotMalicious", "notMalicious"),
        ("InsufficientData", "notEnoughDataToValidate", "notEnoughDataToValidate"),
        ("ConfirmedUserActivity", "confirmedActivity", "confirmedActivity"),
    ],
)
def test_both_spellings_of_a_determination_are_one(one: str, other: str, canonical: str) -> None:
    assert canonical_word(Determination, one) == canonical_word(Determination, other) == canonical


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("SomethingNew", "somethingNew"), ("NEW2", "new2"), ("two words", "unknown"),
        ("x" * 41, "unknown"),
        ("<script>", "unknown"), ("ünknown", "unknown"), ("", "unknown"), ("a\n", "unknown"),
        ("1st", "unknown"),
    ],
)  # fmt: skip
def test_word_that_graph_does_not_have_is_kept_if_short_and_plain(word: str, kept: str) -> None:
    assert canonical_word(AlertSeverity, word) == kept


def test_every_word_is_its_own_canonical_spelling() -> None:
    for words in (AlertSeverity, AlertStatus, IncidentStatus, Determination, DetectionSource):
        assert [canonical_word(words, member.value) for member in words] == [member.value for member in words]
