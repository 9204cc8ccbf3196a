"""Puts the pieces together: settings, addresses, server entry, command line, schedule.

Nobody imports this room. It holds no rules of its own: it decides only which
pieces run, on which database, at which address.
"""
