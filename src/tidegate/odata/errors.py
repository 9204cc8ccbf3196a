"""The one way in which a query is refused."""

from tidegate.core.errors import InvalidInput


class BadQuery(InvalidInput):
    """A query option that cannot be served. `fields` names the option (`$filter`) with the reason.

    `position` is the character of the option's value at which it goes wrong, counted from 1; 0 where
    it is about the whole.
    """

    def __init__(self, option: str, reason: str, *, position: int = 0) -> None:
        where = f"at character {position}: " if position else ""
        super().__init__(fields={option: f"{where}{reason}"})
        self.option = option
        self.position = position


def shorten(text: str) -> str:
    """What somebody wrote, fit to be quoted in a reason."""
    return text if len(text) <= 60 else f"{text[:59]}…"
