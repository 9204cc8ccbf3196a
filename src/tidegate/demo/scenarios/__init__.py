"""The stories that incidents tell, by theme. Each module is a table; `shape` says what is in one.

`STORIES` are told by chance and weight; `CURIOSITIES` are placed on purpose, one each per big tenant.
"""

from . import cloud, curiosities, email, endpoint, identity, malware, plant, ransomware

STORIES = (
    *identity.SCENARIOS,
    *email.SCENARIOS,
    *endpoint.SCENARIOS,
    *malware.SCENARIOS,
    *cloud.SCENARIOS,
    *ransomware.SCENARIOS,
    *plant.SCENARIOS,
)
CURIOSITIES = curiosities.SCENARIOS
