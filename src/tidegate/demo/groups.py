"""The groups every tenant of the made-up world starts with, and the roles they give."""

from .specs import GroupSpec, RoleName

ADMINISTRATORS = GroupSpec(
    "Directory administrators", "Run this directory and decide who gets in.", (RoleName.GLOBAL_ADMINISTRATOR,)
)
SECURITY_OFFICE = GroupSpec(
    "Security office", "Our own people who set up and watch our security.", (RoleName.SECURITY_ADMINISTRATOR,)
)
SECURITY_READERS = GroupSpec(
    "Security readers",
    "May read incidents, alerts and devices, and change nothing.",
    (RoleName.SECURITY_READER,),
)
TIER_1 = GroupSpec(
    "Tier 1 Analysts", "Watch the queue, sort what comes in, write comments.", (RoleName.TIER_1,)
)
TIER_2 = GroupSpec("Tier 2 Analysts", "Investigate and respond.", (RoleName.TIER_2,))
EVERYBODY = GroupSpec("All staff", "Everybody who works here; gives no role.", ())

STANDARD = (ADMINISTRATORS, SECURITY_OFFICE, SECURITY_READERS, TIER_1, TIER_2, EVERYBODY)


def roles_of(group_names: tuple[str, ...]) -> tuple[RoleName, ...]:
    """The roles that being in these groups gives, each once, in the groups' order."""
    by_name = {group.name: group.role_names for group in STANDARD}
    return tuple(dict.fromkeys(role for name in group_names for role in by_name[name]))
