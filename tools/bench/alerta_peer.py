"""alerta-server on PostgreSQL, as its image runs it: four workers of gunicorn, each with its threads.

It is installed once into an environment of its own in the project's cache, from requirements/peers.txt. Its
settings are its own but for the database.
"""

import contextlib
import os
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, LiteralString

import psycopg
from psycopg import sql

from tools.bench.load import Address
from tools.bench.servers import CACHE, ROOT, free_port, running, vacuum
from tools.throwaway_postgres import run_cluster

_THREADS: Final = 2
_OTHERS: Final[dict[str, LiteralString]] = {
    "id": "new.id",
    "last_receive_id": "new.id",
    "event": "old.event || '-' || new.number",
    "create_time": "old.create_time - new.age",
    "receive_time": "old.receive_time - new.age",
    "last_receive_time": "old.last_receive_time - new.age",
    "update_time": "old.update_time - new.age",
}
"""What tells a copy of a stored alert from it: the rest of its columns are the same."""
_COPYING: Final = """
WITH old AS (SELECT *, row_number() OVER (ORDER BY id) AS place FROM alerts),
     new AS (SELECT number, gen_random_uuid()::text AS id, number * interval '20 days' / {more} AS age
             FROM generate_series(1, {more}) AS number)
INSERT INTO alerts ({names}) SELECT {values} FROM new JOIN old ON old.place = new.number % {stored} + 1
"""


@dataclass(frozen=True)
class Alerta:
    """A running alerta-server: where it listens, and its database."""

    address: Address
    database: str

    def fill(self, alerts: int) -> None:
        """Copy what is stored until there are so many, over twenty days, each an event of its own."""
        with psycopg.connect(self.database) as connection:
            stored = connection.execute("SELECT * FROM alerts")
            names = [column.name for column in stored.description or ()]
            copying = sql.SQL(_COPYING).format(
                names=sql.SQL(", ").join(map(sql.Identifier, names)),
                values=sql.SQL(", ").join(
                    sql.SQL(_OTHERS[name]) if name in _OTHERS else sql.Identifier("old", name)
                    for name in names
                ),
                more=sql.Literal(alerts - stored.rowcount),
                stored=sql.Literal(stored.rowcount),
            )
            connection.execute(copying)
        vacuum(self.database)


@contextlib.contextmanager
def serve_alerta(workers: int) -> Iterator[Alerta]:
    """An empty alerta-server on this many processes, with a PostgreSQL cluster of its own."""
    folder = CACHE / "alerta-server"
    subprocess.run([str(ROOT / "tools/install.sh"), "peers", str(folder)], check=True)
    address = Address("127.0.0.1", free_port())
    command = [str(folder / "bin/python"), "-m", "gunicorn", "--bind", f"{address.host}:{address.port}"]
    # Threads let it keep connections open, as the load generator does; the tables are made before it forks.
    command += ["--workers", str(workers), "--threads", str(_THREADS), "--keep-alive", "60", "--preload"]
    with run_cluster() as database:
        own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        own |= {"DATABASE_URL": database, "SECRET_KEY": secrets.token_hex()}
        with running([*command, "alerta.app:create_app()"], own, address, is_quiet=True):
            yield Alerta(address, database)
