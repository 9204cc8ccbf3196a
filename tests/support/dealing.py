"""How tests are dealt out to processes: by file, but for folders whose tests share what is dear to start."""

from typing import Final

from xdist.scheduler import LoadFileScheduling

TOGETHER: Final = ("tests/clients/",)


class Dealing(LoadFileScheduling):  # type: ignore[misc]  # xdist carries no types
    """All tests of a file, or of such a folder, run in one process."""

    def _split_scope(self, nodeid: str) -> str:
        for folder in TOGETHER:
            if nodeid.startswith(folder):
                return folder
        return str(super()._split_scope(nodeid))
