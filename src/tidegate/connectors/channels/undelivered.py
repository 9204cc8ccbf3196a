"""The one error of channels: a message was not taken, by whose fault, and whether trying again is vain."""

from enum import StrEnum

from tidegate.core.errors import TidegateError


class Fault(StrEnum):
    """Whose it is: this message's or its recipient's, or the channel's, which then takes no other either."""

    MESSAGE = "message"
    CHANNEL = "channel"


class Undelivered(TidegateError):
    """A message was not taken. `message` is what the other side said, or that it said nothing."""

    code = "undelivered"

    def __init__(self, message: str, *, fault: Fault, is_permanent: bool = False) -> None:
        super().__init__(message)
        self.fault = fault
        self.is_permanent = is_permanent
