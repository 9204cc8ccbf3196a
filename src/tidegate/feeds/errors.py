"""What this room refuses."""

from tidegate.core.errors import TidegateError


class Throttled(TidegateError):
    """An application asks too often. `retry_after` are the seconds after which it may ask again."""

    code = "throttled"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests. Try again in {retry_after} seconds.")
        self.retry_after = retry_after
