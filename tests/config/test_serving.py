import socket

import pytest

from tidegate.config.serving import serve
from tidegate.core.errors import Conflict


def test_port_in_use_is_said_before_anything_starts() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(Conflict, match=f"port {port}"):
            serve("127.0.0.1", port)
