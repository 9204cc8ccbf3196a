"""The portal's pages: what an analyst, an administrator and an auditor see.

Views find, call one action, and render. They hold no tables and write no rows;
every lookup starts from the Scope that the gate gave for the ``tid`` of the address.
"""
