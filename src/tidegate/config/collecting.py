"""Python's collector of garbage, told what is worth looking through."""

import gc
from typing import Final

_NEW_OBJECTS: Final = 20_000
"""After which it looks: alerts come in by the hundred, some forty objects each, and go together."""


def collect_seldom() -> None:
    """To be called when a process has loaded what it works with, which stays as long as the process."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 10, 10)
