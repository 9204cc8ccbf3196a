"""The PostgreSQL engine asks the server only when the connection has something to tell."""

from typing import Any

import pytest
from django.db import connections

from tidegate.core.postgresql.base import DatabaseWrapper

pytestmark = [
    pytest.mark.skipif(connections["default"].vendor != "postgresql", reason="of PostgreSQL's engine alone"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def engine() -> Any:
    made = connections["default"].copy()
    made.ensure_connection()
    yield made
    made.close()


def test_connection_that_is_good_costs_no_question(engine: DatabaseWrapper) -> None:
    connection, engine.connection = engine.connection, _NeverAsked(engine.connection)

    assert engine.is_usable()
    engine.connection = connection


def test_connection_that_the_server_ended_is_noticed_and_made_anew(engine: Any) -> None:
    pid = engine.connection.info.backend_pid
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    assert not engine.is_usable()
    engine.health_check_enabled, engine.health_check_done = True, False
    with engine.cursor() as cursor:
        assert engine.connection.info.backend_pid != pid
        assert engine.is_usable()


class _NeverAsked:
    """A connection whose socket may be looked at, and nothing else."""

    def __init__(self, connection: Any) -> None:
        self.closed = connection.closed
        self.fileno = connection.fileno
