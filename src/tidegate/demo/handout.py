"""What a demo tells its visitor: who can sign in, where each tenant is found, what programs there are."""

import json
from pathlib import Path

from tidegate.demo.specs import ApplicationSpec, TenantSpec, World


def write_handout(world: World, base_url: str, path: Path) -> None:
    """Write `demo.json`: base_url, tenants, accounts and applications, for people and programs."""
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
        "applications": [
            {
                "tenant_id": homes[program.home_slug],
                "client_id": str(program.client_id),
                "client_secret": program.client_secret,
                "display_name": program.display_name,
                "purpose": program.purpose,
                "permissions": [f"{api}/{value}" for api, value in program.permissions],
                "consented_in": [str(tenant.tenant_id) for tenant in _open_to(world, program)],
            }
            for program in world.applications
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
    lines += ["", "Programs (client id, secret, what for):"]
    lines += [f"  {p.client_id}  {p.client_secret}  {p.purpose}" for p in world.applications]
    lines += [
        "",
        "Alerts of a customer, for a program (paste it):",
        f"  {_describe_fetching(world, base_url)}",
    ]
    return "\n".join([*lines, ""])


def _describe_fetching(world: World, base_url: str) -> str:
    """One line of shell: the provider's program gets a token of a customer, and then its alerts."""
    program = world.applications[0]
    tenant = next(one for one in _open_to(world, program) if one.slug != program.home_slug)
    token = (
        f"curl -s {base_url}/{tenant.tenant_id}/oauth2/v2.0/token -d grant_type=client_credentials "
        f"-d client_id={program.client_id} -d client_secret={program.client_secret} "
        '-d scope=https://graph.microsoft.com/.default | sed \'s/.*"access_token": *"//; s/".*//\''
    )
    return f"curl -s -H \"Authorization: Bearer $({token})\" '{base_url}/v1.0/security/alerts_v2?$top=3'"


def _open_to(world: World, program: ApplicationSpec) -> list[TenantSpec]:
    """The tenants that let a program in now."""
    return [world.tenant(one.tenant_slug) for one in program.consents if one.in_force(world.now)]
