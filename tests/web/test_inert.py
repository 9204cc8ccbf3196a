import pytest

from tidegate.web.attack_techniques import technique_name
from tidegate.web.inert import show_inert
from tidegate.web.products import product_label


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 字", "plain é 字"),
        ("invoice\u202efdp.exe", "invoice[U+202E]fdp.exe"),
        ("\u2066a\u2069\u200f", "[U+2066]a[U+2069][U+200F]"),
        ("bell\a and \x9b", "bell[U+0007] and [U+009B]"),
        ("one\r\ntwo\tthree", "one\ntwo\tthree"),
        ("\ud800", "[U+D800]"),
        (41, "41"),
    ],
)
def test_signs_that_turn_or_hide_are_written_out(text: object, shown: str) -> None:
    assert show_inert(text) == shown


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("microsoftDefenderForEndpoint", "Microsoft Defender for Endpoint"),
        ("microsoft365Defender", "Microsoft 365 Defender"),
        ("azureAdIdentityProtection", "Azure AD Identity Protection"),
        ("MCAS", "MCAS"),
        ("already in words", "already in words"),
        ("", ""),
    ],
)
def test_products_are_named_in_words(word: str, label: str) -> None:
    assert product_label(word) == label


def test_technique_that_is_not_known_has_no_name() -> None:
    assert technique_name("T1059.001") == "PowerShell"
    assert technique_name("T9999") == ""
