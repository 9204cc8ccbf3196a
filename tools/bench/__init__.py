"""How fast the product is, each figure beside a ceiling or a peer that ran in the same minutes.

`python -m tools.bench` makes a world, serves it on one process, measures, prints a table and writes
bench/results.json. Everything stays on this machine's loopback and stops by itself.
"""
