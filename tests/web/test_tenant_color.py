import uuid
from collections import Counter

import pytest

from tidegate.web.tenant_color import HUES, color_step, initials, person_initials, tenant_hue


@pytest.mark.parametrize(
    ("tenant_id", "step", "hue"),
    [
        ("21e3a6b5-dece-4ae1-81cf-c10777b21c88", 3, 191),
        ("758e1831-64cd-4f47-86ba-8d2481c68cb0", 9, 293),
    ],
)
def test_tenant_hue_is_pinned(tenant_id: str, step: int, hue: int) -> None:
    assert color_step(tenant_id) == step
    assert tenant_hue(tenant_id) == hue


def test_tenant_hue_is_the_same_for_a_uuid_and_its_text_in_any_case() -> None:
    text = "21E3A6B5-DECE-4AE1-81CF-C10777B21C88"
    assert tenant_hue(text) == tenant_hue(uuid.UUID(text)) == tenant_hue(text.lower())


def test_hues_run_from_green_to_plum_and_are_all_used() -> None:
    assert HUES == (140, 157, 174, 191, 208, 225, 242, 259, 276, 293, 310, 327)
    seen = Counter(tenant_hue(uuid.UUID(int=number)) for number in range(1200))
    assert set(seen) == set(HUES)
    assert min(seen.values()) > 50


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Kustlijn Havens", "KH"),
        ("Duinrand Water Beheer", "DW"),
        ("Mosveld", "MO"),
        ("  'q' & co ", "QC"),
        ("7", "7"),
        ("éclair", "ÉC"),
        ("ß", "SS"),
        ("<>", "?"),
        ("", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "letters"), [("Noor van den Berg", "NB"), ("Noor", "NO"), ("Ines Vermaat", "IV"), ("", "?")]
)
def test_person_initials_leave_particles_out(name: str, letters: str) -> None:
    assert person_initials(name) == letters
