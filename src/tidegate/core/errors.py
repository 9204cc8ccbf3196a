"""The one exception tree of the product. Raised in the domain, translated once by each surface.

`code` is stable and may be shown to programs; `message` is for people and never echoes a secret.
"""

from collections.abc import Mapping


class TidegateError(Exception):
    """Anything the product refuses or cannot do, with a stable code."""

    code = "error"

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(TidegateError):
    """Absent, or not to be seen by this actor: the two are never told apart."""

    code = "not_found"


class Forbidden(TidegateError):
    """Seen, but this actor may not do it. `permission` says what would be needed."""

    code = "forbidden"

    def __init__(self, message: str = "", *, permission: str = "") -> None:
        super().__init__(message)
        self.permission = permission


class InvalidInput(TidegateError):
    """Input that cannot be taken; `fields` names each field with its reason."""

    code = "invalid_input"

    def __init__(self, message: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message or "; ".join(f"{name}: {reason}" for name, reason in (fields or {}).items()))
        self.fields = dict(fields or {})


class Conflict(TidegateError):
    """The object is no longer in the state that the caller saw or needs."""

    code = "conflict"


class Stale(Conflict):
    """The object changed since the version that the caller saw."""

    code = "stale"


class ScopeMissing(TidegateError):
    """A tenant-owned model was queried without a Scope. Always a fault in our code."""

    code = "scope_missing"
