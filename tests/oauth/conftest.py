"""What every test of the authorization server gets: nobody has guessed or signed in before."""

from collections.abc import Iterator

import pytest

from tidegate.oauth.actions import sign_ins
from tidegate.oauth.foreign_keys import forget_foreign_keys
from tidegate.oauth.guessing import secrets_tried
from tidegate.oauth.keys import forget_kept_keys
from tidegate.oauth.views.device_code import requested
from tidegate.oauth.views.steps import arriving


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    for forget in (
        secrets_tried.forget,
        requested.forget,
        arriving.forget,
        forget_kept_keys,
        forget_foreign_keys,
    ):
        forget()
    sign_ins._tally.clear()
    sign_ins._failures.clear()
