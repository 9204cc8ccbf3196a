"""The queue asked from inside, in a process of its own with the product's settings.

`python -m tools.bench.asking` reads questions as JSON lines from standard input and writes an answer for
each: times in seconds. Of a list it times the product's own function, and then the statements that it ran,
alone, on the same connection.
"""

import itertools
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.config.settings")
django.setup()

from django.conf import settings  # noqa: E402  Django had to be set up first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from tidegate.accounts.models import Account  # noqa: E402
from tidegate.authorization.permissions import Permission  # noqa: E402
from tidegate.authorization.scope import Actor, ActorKind, ManyScope  # noqa: E402
from tidegate.config.collecting import collect_seldom  # noqa: E402
from tidegate.gate.opening import open as open_gate  # noqa: E402
from tidegate.gate.opening import open_many  # noqa: E402
from tidegate.incidents.actions.comments import comment_incident  # noqa: E402
from tidegate.incidents.counters.reading import sum_columns  # noqa: E402
from tidegate.incidents.counters.recounting import find_differences  # noqa: E402
from tidegate.incidents.counters.tally import column_of  # noqa: E402
from tidegate.incidents.filters import read_filter  # noqa: E402
from tidegate.incidents.queries import count_open_by_tenant, page_alerts, page_incidents  # noqa: E402
from tidegate.incidents.words import AlertStatus, IncidentStatus, Severity  # noqa: E402

PAGES: Final = 8
ROUNDS: Final = 100


def time_list(email: str, kind: str, values: dict[str, str], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """How long pages of a list take, first ones and deep ones, and the same statements alone."""
    scope = open_scope(email, kind)
    page = page_incidents if kind == "incidents" else page_alerts
    chosen = read_filter(values, IncidentStatus if kind == "incidents" else AlertStatus)
    cursors = list(itertools.islice(walk(lambda cursor: page(scope, chosen, cursor)), PAGES))
    chance = random.Random(len(email))  # noqa: S311  the same every time
    asked = [chance.choice(cursors) for _ in range(rounds)]
    own, bare = [], []
    for cursor in asked:
        # Who watches statements has them take another way: they are watched once more.
        fresh, watched = open_scope(email, kind), open_scope(email, kind)
        begun = time.perf_counter()
        page(fresh, chosen, cursor)
        own.append(time.perf_counter() - begun)
        ran: list[tuple[str, Any]] = []
        with connection.execute_wrapper(_remembering(ran)):
            page(watched, chosen, cursor)
        begun = time.perf_counter()
        run_bare(ran)
        bare.append(time.perf_counter() - begun)
    return {"own": own, "bare": bare}


def walk(page: Callable[[str], Any]) -> Iterator[str]:
    """The cursors of one page after the other."""
    cursor = ""
    while True:
        yield cursor
        cursor = page(cursor).next_cursor
        if not cursor:
            return


def run_bare(statements: list[tuple[str, Any]]) -> None:
    """Run statements on the driver's own connection, and fetch all."""
    raw = connection.connection
    for sql, parameters in statements:
        cursor = raw.cursor()
        text = sql if connection.vendor == "postgresql" else sql.replace("%s", "?").replace("%%", "%")
        cursor.execute(text, parameters)
        cursor.fetchall()
        cursor.close()


def time_counts(email: str) -> dict[str, Any]:
    """How long the counts by severity take, and those by tenant and severity; and whether they are right."""
    by_severity, by_tenant = [], []
    columns = [column_of("incidents", severity) for severity in Severity]
    # The first of all is not counted: what it reads may have been written just now.
    count_open_by_tenant(open_scope(email, "incidents"))
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        sum_columns(open_scope(email, "incidents"), columns)
        by_severity.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        count_open_by_tenant(open_scope(email, "incidents"))
        by_tenant.append(time.perf_counter() - begun)
    return {"by_severity": by_severity, "by_tenant": by_tenant, "differences": len(find_differences())}


def sign_in(email: str) -> dict[str, str]:
    """The cookies of somebody who is signed in."""
    client = Client()
    client.force_login(Account.objects.get(email=email), settings.AUTHENTICATION_BACKENDS[0])
    return {"cookies": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())}


def open_scope(email: str, kind: str) -> ManyScope:
    """All tenants in which somebody may read one of the lists, as a request opens them."""
    permission = Permission.INCIDENT_READ if kind == "incidents" else Permission.ALERT_READ
    return open_many(actor_of(email), permission)


def actor_of(email: str) -> Actor:
    """Somebody, as a request has them."""
    account = Account.objects.get(email=email)
    return Actor(
        kind=ActorKind.PERSON,
        display_name=account.get_full_name(),
        account_id=account.id,
        email=account.email,
        home_tenant_id=account.home_tenant_id,
    )


def _remembering(ran: list[tuple[str, Any]]) -> Callable[..., Any]:
    def remember(execute: Callable[..., Any], sql: str, parameters: Any, *rest: Any) -> Any:
        ran.append((sql, parameters))
        return execute(sql, parameters, *rest)

    return remember


def comment(email: str, tenants: list[str], per_second: float) -> list[tuple[str, float]]:
    """Comment on the first incident of each tenant, so many in a second: the tenants and when it was done."""
    actor, done = actor_of(email), []
    begun = time.monotonic()
    for number, tid in enumerate(tenants):
        time.sleep(max(0.0, begun + number / per_second - time.monotonic()))
        comment_incident(open_gate(actor, tid), 1, "Looked at.")
        done.append((tid, time.time()))
    return done


QUESTIONS: Final[dict[str, Callable[..., Any]]] = {
    "list": time_list,
    "counts": time_counts,
    "sign_in": sign_in,
    "comment": comment,
}


def main() -> None:
    """Answer what standard input asks."""
    # As `tidegate` does.
    collect_seldom()
    for line in sys.stdin:
        what, *values = json.loads(line)
        print(json.dumps(QUESTIONS[what](*values)), flush=True)


if __name__ == "__main__":
    main()
