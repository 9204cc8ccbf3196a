"""Who is behind an application: the organization that registered it, and by which name it is known."""

from dataclasses import dataclass

from django.conf import settings

from tidegate.directory.models import Application, Domain


@dataclass(frozen=True, slots=True)
class Publisher:
    """An application's home. `domain` is a name whose DNS it showed to be its own; "" if it showed none."""

    display_name: str
    domain: str

    @property
    def is_verified(self) -> bool:
        """Whether more than its own word says who it is."""
        return bool(self.domain)


def find_publisher(application: Application) -> Publisher:
    """The organization that registered an application.

    A domain under the installation's own suffix is given to everybody who starts a tenant: it shows nothing.
    """
    rows = Domain.objects.filter(tenant_id=application.tenant_id, verified_at__isnull=False)
    names = rows.order_by("-is_default", "name").values_list("name", flat=True)
    own = next((name for name in names if not name.endswith(f".{settings.INITIAL_DOMAIN_SUFFIX}")), "")
    return Publisher(application.tenant.display_name, own)
