"""What the authorization server and its readers refuse."""

from typing import Final

from tidegate.core.errors import TidegateError
from tidegate.oauth.aadsts import TABLE, Entry

LONGEST_WORD: Final = 200


class TokenRefused(TidegateError):
    """A bearer token that proves nothing: absent, foreign, damaged, ended, for another API, or undone since.

    `message` says which, as far as the sender may know.
    """

    code = "token_refused"


class StsError(TidegateError):
    """A request to the authorization server that is refused with one of Entra's numbered errors.

    `facts` fill in the sentence; they may come from the request, and are cut and made printable.
    """

    code = "sts_error"

    def __init__(self, number: int, *, error: str = "", retry_after: int = 0, **facts: object) -> None:
        entry = TABLE[number]
        words = {name: _show(fact) for name, fact in facts.items()}
        super().__init__(f"AADSTS{number}: {entry.text.format(**words)}")
        self.number = number
        self.entry: Entry = entry
        self.error = error or entry.error
        self.retry_after = retry_after


def _show(fact: object) -> str:
    text = "".join(sign if sign.isprintable() else "\ufffd" for sign in str(fact)[: LONGEST_WORD + 1])
    return text if len(text) <= LONGEST_WORD else text[:LONGEST_WORD] + "..."
