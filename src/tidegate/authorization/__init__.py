"""Values and pure functions, no tables: permissions, the role table, Actor, Scope, require().

Everything above asks these; nothing here reads a database.
"""
