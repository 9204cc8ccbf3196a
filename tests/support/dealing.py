"""How tests are dealt out to processes.

By file, but for folders whose tests share what is dear to start, and for files of few and very long tests,
which are dealt out one by one.

What takes longest comes first, however few tests it has: dealt last, it would keep one process busy while
the others have nothing left to do.
"""

from typing import Final

from xdist.scheduler import LoadFileScheduling

TOGETHER: Final = ("tests/clients/",)
APART: Final = ("tests/browser/test_looks.py",)
FIRST: Final = (
    *("tests/browser/test_looks.py", "tests/browser/test_guide.py", "tests/browser/test_signing_in.py"),
    *("tests/clients/", "tests/web/test_visibility.py", "tests/notifications/test_together.py"),
    *("tests/notifications/test_killed.py", "tests/notifications/test_server_killed.py"),
    "tests/notifications/test_customers_apart.py",
    *("tests/graph/test_other_tenants.py", "tests/descriptions/test_described.py", "tests/demo/"),
    *("tests/config/test_serving.py", "tests/entitlements/test_access_over_time.py"),
    *("tests/entitlements/test_lifecycle_over_time.py", "tests/web/test_reviews.py"),
)


def place(nodeid: str) -> int:
    """Where a test stands in the order: the first are named, all others stay as they were."""
    return next((number for number, start in enumerate(FIRST) if nodeid.startswith(start)), len(FIRST))


class Dealing(LoadFileScheduling):  # type: ignore[misc]  # xdist carries no types
    """All tests of a file, or of such a folder, run in one process; they are dealt out in their order."""

    def _split_scope(self, nodeid: str) -> str:
        for folder in TOGETHER:
            if nodeid.startswith(folder):
                return folder
        if nodeid.startswith(APART):
            return nodeid
        return str(super()._split_scope(nodeid))
