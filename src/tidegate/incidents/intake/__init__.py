"""Taking records in: one batch, one tenant, one transaction, the same number of statements however many.

What is known is found by its id at its source. The same record twice changes nothing; an older
record never undoes a newer one; what an analyst changed here gives way only to what changed at
the source later.
"""
