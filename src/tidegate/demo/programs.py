"""The programs of the made-up world, and which tenants let them in since when and until when.

Every kind of consent occurs: in force, ending soon, without an end, withdrawn, and none at all.
"""

from datetime import datetime, timedelta
from typing import Final

from tidegate.authorization.api_permissions import Resource

from .chance import guid, hex_of
from .organizations import PROVIDER
from .specs import ApplicationSpec, ConsentSpec

_FETCHING: Final = (
    (Resource.GRAPH, "SecurityAlert.Read.All"),
    (Resource.GRAPH, "SecurityIncident.Read.All"),
    (Resource.DEFENDER, "Alert.Read.All"),
    (Resource.DEFENDER, "Machine.Read.All"),
    (Resource.SIEM, "Alerts.Fetch.All"),
)


def make_applications(now: datetime, seed: int) -> tuple[ApplicationSpec, ...]:
    """Both of them as they stand at `now`; their ids and secrets come from the seed."""
    return (_connector(now, seed), _data_lake(now, seed))


def _connector(now: datetime, seed: int) -> ApplicationSpec:
    return ApplicationSpec(
        home_slug=PROVIDER.slug,
        client_id=guid("application", seed, "connector"),
        client_secret=_secret(seed, "connector"),
        display_name="Veldwacht SIEM connector",
        description="Fetches alerts and incidents of the customers that let it in.",
        purpose="The provider's: reads several customers, each by its own consent.",
        is_multi_tenant=True,
        registered_at=now - timedelta(days=140),
        permissions=_FETCHING,
        consents=(
            _consent(PROVIDER.slug, now, -139, 225),
            _consent("orvane", now, -130, 235),
            # About to end.
            _consent("meridaal", now, -85, 5),
            ConsentSpec(
                "corvanta", now - timedelta(days=120), None, "For as long as the contract of 2025 runs."
            ),
            _consent("plettenburg", now, -40, 50),
            # Taken back before its end.
            ConsentSpec("lindqvale", now - timedelta(days=100), now - timedelta(days=3), is_withdrawn=True),
        ),
    )


def _data_lake(now: datetime, seed: int) -> ApplicationSpec:
    return ApplicationSpec(
        home_slug="orvane",
        client_id=guid("application", seed, "data lake"),
        client_secret=_secret(seed, "data lake"),
        display_name="Orvane data lake",
        description="Copies our own alerts into the data lake, each night.",
        purpose="A customer's own: reads the shipping company and nobody else.",
        is_multi_tenant=False,
        registered_at=now - timedelta(days=60),
        permissions=(_FETCHING[0], _FETCHING[4]),
        consents=(_consent("orvane", now, -59, 306),),
    )


def _consent(slug: str, now: datetime, begins: int, ends: int) -> ConsentSpec:
    return ConsentSpec(slug, now + timedelta(days=begins), now + timedelta(days=ends))


def _secret(seed: int, name: str) -> str:
    """As long and odd as a real one, and the same each time."""
    return f"demo~{hex_of(36, 'secret', seed, name)}"
