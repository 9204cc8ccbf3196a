"""What parts of an address may be: an alert's id is whatever its source made it."""


class ForeignId:
    """An id that came from outside: any signs, slashes and line ends among them, at least one."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """As it stands in the address, already decoded."""
        return value

    def to_url(self, value: object) -> str:
        """As it is; `reverse` encodes it."""
        return str(value)
