"""Forms are read as the standard library reads them."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.oauth.errors import StsError
from tidegate.oauth.form import PARAMETERS_AT_MOST, parse_form

_PIECES = st.sampled_from(
    ["a", "B", "=", "&", "+", "%", "%20", "%C3%A9", "%C3", "%zz", "\u00e9", " ", ";", "\r\n"]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_form_is_read_as_the_library_reads_it(text: str) -> None:
    pairs = [(name.strip(), value.strip()) for name, value in parse_qsl(text)]
    if len(dict(pairs)) < len(pairs):
        with pytest.raises(StsError):
            parse_form(text)
    else:
        assert dict(parse_form(text)) == dict(pairs)


def test_form_has_only_so_many_parameters() -> None:
    most = "&".join(f"n{number}=1" for number in range(PARAMETERS_AT_MOST))

    assert len(parse_form(most)) == PARAMETERS_AT_MOST
    with pytest.raises(StsError):
        parse_form(f"{most}&")
