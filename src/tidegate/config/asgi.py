"""The server's application, one for each of its processes."""

import os
from typing import Final

# Sets Django up, which what follows needs.
from tidegate.config.wsgi import application as django

# isort: split
from tidegate.config.bridge import Bridge
from tidegate.config.collecting import collect_seldom
from tidegate.config.entry import Entry
from tidegate.core.unwaiting import Asker
from tidegate.oauth.express import Express
from tidegate.oauth.queries import PROVING
from tidegate.oauth.signers import Signers

# Threads wait for the database more than for Python, up to a point; and what many send in at once for one
# tenant is written by one of those who wait.
THREADS: Final = min(16, max(8, 2 * (os.cpu_count() or 1) + 1))

_express: Final = Express(Asker(*PROVING).first, Signers().sign)

application: Final = Entry(Bridge(django, THREADS, _express.answer))

collect_seldom()
