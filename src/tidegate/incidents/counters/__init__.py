"""How much is open in each tenant: one wide row for each, exact at every commit.

Whoever writes an incident or an alert says what it counted as before and counts as now (`keeping`); the
difference goes into the tenant's row in the same transaction. All of them hold the tenant's clock
(`incidents.instants`) by then, so they come one after the other and none waits for one that waits for it.
`reading` sums the rows over whatever a scope reaches; where something is hidden from the reader it counts.
`recounting` finds out whether the rows are right.
"""
