"""What the authorization server and its readers refuse."""

from tidegate.core.errors import TidegateError


class TokenRefused(TidegateError):
    """A bearer token that proves nothing: absent, foreign, damaged, ended, for another API, or undone since.

    `message` says which, as far as the sender may know.
    """

    code = "token_refused"
