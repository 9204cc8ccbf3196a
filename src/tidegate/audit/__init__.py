"""The append-only, hash-chained record of who did what to what, one chain per tenant.

Every action appends its event in its own transaction. Nothing here is ever updated
or deleted; `verify` finds any edited, removed or reordered row.
"""
