"""What a period came to: what came in, how soon it was answered, what is left. For what a Scope may read.

`answers` reads incidents and holds them against a service level, `sums` counts. The answers are pure
functions over rows that were read once: the same rows are judged by the level of each provider.
"""
