"""Remembering client assertions, so that one which leaks is worth nothing elsewhere."""

import ipaddress
from datetime import datetime
from typing import Final

from tidegate.oauth.models import UsedAssertion
from tidegate.oauth.queries import Principal

_PREFIXES: Final = {4: 24, 6: 48}


def note_use(principal: Principal, identity: str, ip_address: str, ends_at: datetime) -> bool:
    """Whether an application may use this assertion from here: it is new, or came from this network before.

    RFC 7523, section 3, lets a server refuse the second use of one. Microsoft's libraries send one again
    for minutes, and pools of machines have several addresses: so it is bound to the network it came from.
    """
    network = _network_of(ip_address)
    row = UsedAssertion(
        tenant_id=principal.home_tenant_id,
        application_id=principal.application_id,
        assertion_hash=identity,
        network=network,
        ends_at=ends_at,
    )
    same = UsedAssertion.objects.of_tenant(row.tenant_id).filter(
        application_id=row.application_id, assertion_hash=identity
    )
    # Looking first spares the usual second use a write; inserting decides between two at once.
    if not same.exists():
        UsedAssertion.objects.bulk_create([row], ignore_conflicts=True)
    return same.filter(network=network).exists()


def _network_of(ip_address: str) -> str:
    try:
        address = ipaddress.ip_address(ip_address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((address, _PREFIXES[address.version]), strict=False))
