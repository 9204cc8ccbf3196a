"""The stories that incidents tell, by theme. Each module is a table; `shape` says what is in one.

`STORIES` are told by chance and weight; `CURIOSITIES` are placed on purpose, one of each for every big tenant.
"""

from . import cloud, curiosities, email, endpoint, identity, plant, ransomware

STORIES = (
    *identity.SCENARIOS,
    *email.SCENARIOS,
    *endpoint.SCENARIOS,
    *cloud.SCENARIOS,
    *ransomware.SCENARIOS,
    *plant.SCENARIOS,
)
CURIOSITIES = curiosities.SCENARIOS
