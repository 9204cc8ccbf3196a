"""Two who take the next at the same time never get the same one."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from tests.cast import NOW, Cast, import_all, make_cast
from tests.connectors.samples import graph_alert, graph_incident
from tidegate.core.clock import standing_at
from tidegate.incidents.models import Incident


@pytest.fixture
def cast(transactional_db: None) -> Iterator[Cast]:
    made = make_cast()
    with standing_at(NOW):
        yield made


def _take(client: Client) -> str:
    return str(client.post("/incidents/next", query_params={"tid": "all"})["Location"])


def test_two_who_take_at_once_share_nothing_and_leave_nothing(cast: Cast) -> None:
    numbers = range(1, 13)
    import_all(
        cast.customer,
        [
            graph_incident(graph_alert(id=f"da{number}", incidentId=str(number)), id=str(number))
            for number in numbers
        ],
    )
    taken: dict[str, list[str]] = {"analyst": [], "lead": []}
    begin = threading.Barrier(len(taken))

    def work(name: str) -> None:
        try:
            with standing_at(NOW):
                client = Client(headers={"user-agent": "Firefox/140.0"})
                client.force_login(cast.accounts[name])
                begin.wait(30)
                while (url := _take(client)) != "/incidents?tid=all":
                    taken[name].append(url)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(taken["analyst"] + taken["lead"]) == sorted(
        f"/incidents/{number}?tid={cast.customer.id}" for number in numbers
    )
    rows = Incident.objects.of_tenant(cast.customer.id)
    owners = {row.number: row.assigned_user_id for row in rows}
    assert set(owners.values()) <= {cast.user("analyst").id, cast.user("lead").id}
    for name, urls in taken.items():
        assert {owners[int(url.split("/")[2].partition("?")[0])] for url in urls} <= {cast.user(name).id}
