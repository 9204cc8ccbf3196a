"""Ground that every room stands on: errors, ids, scoped manager, paging, clock, worker.

No business words: a reader of this room cannot tell what the product is for.
"""
