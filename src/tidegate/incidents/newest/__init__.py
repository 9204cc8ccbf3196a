"""The newest rows of many tenants, without reading all that they have.

Whoever may enter ten thousand tenants asks for fifty rows of ten million. A database plans that by reading
one tenant after the other, or all rows of all tenants, until there are fifty; here it is told where to look:

1. of a few tenants, the newest page of each, merged;
2. else among the newest few thousand rows of everybody: what is left of those is the page, if it fills it;
3. else the newest row of each tenant (of each severity, where that has an index), of which only the first
   fifty can have rows on the page, and then the newest page of each of those, merged.

Each way the conditions are the list's own, put by the ORM: a row that the plain query would not give is never
given, and in the same order (`tests/incidents/test_newest.py`). Only the FROM is ours.

`pages` chooses the way, `questions` asks a list of one tenant of many, `statements` writes what both engines
have in common, `engines` what they have not.
"""
