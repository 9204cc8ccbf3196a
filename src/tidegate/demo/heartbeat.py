"""Keeps a demo alive: every few minutes something new happens at one of the customers."""

import io
import json
from datetime import timedelta
from typing import Final

from tidegate.accounts.models import Account
from tidegate.core import clock
from tidegate.demo.live import next_incident
from tidegate.demo.opening import open_as_administrator
from tidegate.demo.specs import World
from tidegate.demo.world import make_world
from tidegate.incidents.actions.imports import import_stream, start_import
from tidegate.incidents.models import ImportRun

PULSE: Final = timedelta(minutes=4)
_NAME: Final = "live.json"


def beat() -> bool:
    """Take in one fresh incident if the last one is long enough ago; never more than one."""
    runs = ImportRun.objects.across_tenants().filter(file_name=_NAME)
    last = runs.order_by("-created_at").values_list("created_at", flat=True).first()
    now = clock.now()
    if last is not None and now - last < PULSE:
        return False
    world = make_world(now)
    _happen(world, runs.count())
    return False


def _happen(world: World, number: int) -> None:
    tenant = world.tenants[number % len(world.tenants)]
    people = {account.email: account for account in Account.objects.filter(email__endswith=".example")}
    scope = open_as_administrator(world, tenant, people)
    incident = next_incident(world, tenant, world.now, number // len(world.tenants))
    text = json.dumps(incident, ensure_ascii=False).encode()
    run = start_import(scope, file_name=_NAME, size=len(text))
    import_stream(scope, run, io.BytesIO(text))
