"""From (actor, tid) to Scope: the one way into a tenant, and the reason why.

The gate reads the dated rows of the directory on each request and compares them with
the clock. It holds no tables and caches nothing between requests, so access ends on
the second and a removed guest is out on the next request.
"""
