"""Work that goes on behind the pages: files that were uploaded are read in.

A worker claims a run for two minutes at a time and renews the claim with each batch; a run whose
worker died is claimed again, and may run twice without harm.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q

from tidegate.accounts.models import Account
from tidegate.authorization.scope import SYSTEM, Actor, ActorKind, Entry, Scope
from tidegate.core import clock
from tidegate.core.errors import NotFound, TidegateError
from tidegate.directory.models import Tenant
from tidegate.gate.opening import open as open_gate
from tidegate.incidents.actions.imports import LEASE, fail_import, import_stream
from tidegate.incidents.models import ImportRun

_log = logging.getLogger(__name__)

ORPHANED_AFTER: Final = timedelta(days=1)


def import_uploaded_files() -> bool:
    """Read in the next uploaded file; whether there was one."""
    run = _claim_next()
    if run is None:
        return False
    try:
        scope = _scope_of(run)
    except TidegateError:
        # Who started it has lost access since: the file is not theirs to bring in any more.
        _drop(run)
        return True
    _read(scope, run)
    Path(run.path).unlink(missing_ok=True)
    return True


def _read(scope: Scope, run: ImportRun) -> None:
    try:
        with Path(run.path).open("rb") as stream:
            import_stream(scope, run, stream)
    except OSError:
        fail_import(scope, run, "The uploaded file is no longer there. Upload it again.")
    except TidegateError as error:
        fail_import(scope, run, error.message)
    except (OperationalError, InterfaceError):
        # The database went away: the claim runs out and the file is read again.
        raise
    except Exception:  # noqa: BLE001  whatever it was
        # Anything else would happen again each time, so the file is not taken up for ever.
        _log.exception("import %s failed", run.id)
        fail_import(scope, run, "A fault of this portal ended the import; its operator finds it in the log.")


def _claim_next() -> ImportRun | None:
    now = clock.now()
    with transaction.atomic():
        rows = ImportRun.objects.across_tenants().exclude(path="").filter(_claimable(now))
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        run = rows.order_by("created_at").first()
        if run is not None:
            run.state, run.claimed_until = ImportRun.State.RUNNING, now + LEASE
            run.save(update_fields=["state", "claimed_until"])
    return run


def _claimable(now: datetime) -> Q:
    abandoned = Q(state=ImportRun.State.RUNNING, claimed_until__lt=now)
    return Q(state=ImportRun.State.WAITING) | abandoned


def _scope_of(run: ImportRun) -> Scope:
    account = Account.objects.filter(id=run.account_id).first() if run.account_id else None
    if account is None or not account.is_active:
        raise NotFound("The account that started the import is gone.")
    actor = Actor(
        kind=ActorKind.PERSON,
        display_name=account.get_full_name(),
        account_id=account.id,
        email=account.email,
        home_tenant_id=account.home_tenant_id,
    )
    return open_gate(actor, str(run.tenant_id))


def _drop(run: ImportRun) -> None:
    Path(run.path).unlink(missing_ok=True)
    tenant = Tenant.objects.get(id=run.tenant_id)
    fail_import(
        Scope(SYSTEM, Entry(tenant.id, tenant.display_name, None, None, frozenset())),
        run,
        "Who started this import may no longer enter the tenant; the file was not read.",
    )


def sweep_uploads() -> bool:
    """Remove uploaded files that no import knows: their server died between keeping and telling of them."""
    folder = Path(settings.TIDEGATE_HOME) / "uploads"
    before = (clock.now() - ORPHANED_AFTER).timestamp()
    old = [path for path in folder.glob("*") if path.stat().st_mtime < before]
    known = set(
        ImportRun.objects.across_tenants()
        .filter(path__in=[str(path) for path in old], finished_at__isnull=True)
        .values_list("path", flat=True)
    )
    for path in old:
        if str(path) not in known:
            path.unlink(missing_ok=True)
    return False
