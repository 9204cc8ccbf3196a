"""Whether those who hold streams still may: sessions, accounts and the gate, asked for all at once."""

from collections.abc import Collection
from typing import Final

from django.contrib.sessions.models import Session

from tidegate.accounts.lasting import still_holds
from tidegate.accounts.models import Account
from tidegate.core import clock
from tidegate.core.errors import TidegateError
from tidegate.gate.watching import users_reaching
from tidegate.live.grants import Grant

_AT_ONCE: Final = 500


def find_ended(grants: Collection[Grant]) -> set[Grant]:
    """Those that no longer hold: signed out, ended with the session, blocked, or no longer let in.

    A few statements for all. What hangs on one thing or on a group is asked by `reopen`, more seldom.
    """
    kept = _with_session(grants)
    return {grant for grant in grants if grant not in kept} | _not_let_in(kept)


def find_shut(grants: Collection[Grant]) -> set[Grant]:
    """Those that the gate, asked for everything again, no longer opens: some statements for each."""
    return {grant for grant in grants if not _reopens(grant)}


def _with_session(grants: Collection[Grant]) -> set[Grant]:
    now = clock.now()
    keys = {grant.session.key for grant in grants}
    ids = {grant.session.account_id for grant in grants}
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=now)
    alive = set(sessions.values_list("session_key", flat=True))
    accounts = {account.pk: account for account in Account.objects.filter(id__in=ids, is_active=True)}
    return {
        grant
        for grant in grants
        if grant.session.key in alive
        and (grant.ends_at is None or grant.ends_at > now)
        and grant.session.account_id in accounts
        and still_holds(accounts[grant.session.account_id], grant.session.mark)
    }


def _not_let_in(grants: Collection[Grant]) -> set[Grant]:
    ended: set[Grant] = set()
    for permission in {grant.permission for grant in grants}:
        asked = [grant for grant in grants if grant.permission == permission and grant.tenant_id]
        tenants = {grant.tenant_id for grant in asked if grant.tenant_id}
        users = {grant.user_id for grant in asked if grant.user_id}
        let_in = users_reaching(tenants, users, permission)
        ended |= {grant for grant in asked if grant.user_id not in let_in}
    return ended


def _reopens(grant: Grant) -> bool:
    try:
        # A group that takes other tenants now: the page asks for a new stream.
        return grant.reopen() == grant.group
    except TidegateError:
        return False
