"""What a demo tells its visitor: who can sign in, and where each tenant is found."""

import json
from pathlib import Path

from tidegate.demo.specs import World


def write_handout(world: World, base_url: str, path: Path) -> None:
    """Write `demo.json`: base_url, tenants and accounts, for people and programs."""
    homes = {tenant.slug: str(tenant.tenant_id) for tenant in world.tenants}
    content = {
        "base_url": base_url,
        "tenants": [
            {
                "tenant_id": str(tenant.tenant_id),
                "display_name": tenant.display_name,
                "default_domain": tenant.default_domain,
                "kind": str(tenant.kind),
                "link": f"{base_url}/?tid={tenant.tenant_id}",
            }
            for tenant in world.tenants
        ],
        "accounts": [
            {
                "email": account.email,
                "password": account.password,
                "home_tenant_id": homes[account.home_slug],
                "display_name": account.display_name,
                "purpose": account.purpose,
            }
            for account in world.accounts
        ],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def describe_world(world: World, base_url: str) -> str:
    """The same for a terminal."""
    width = max(len(account.email) for account in world.accounts)
    lines = ["", f"Tidegate's demo is at {base_url}", "", "Who can sign in (email, password, what for):"]
    lines += [f"  {a.email:<{width}}  {a.password:<30}  {a.purpose}" for a in world.accounts]
    lines += ["", "Each tenant's own link:"]
    lines += [f"  {base_url}/?tid={t.tenant_id}  {t.display_name}" for t in world.tenants]
    return "\n".join([*lines, ""])
