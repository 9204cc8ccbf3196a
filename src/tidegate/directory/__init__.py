"""Tenants and who is in them: domains, users (member or guest), groups, roles, invitations.

A person is one Account everywhere and one User in each tenant they belong to. The
dated rows here (users, memberships, role assignments) are the whole truth about who
may enter where; the gate reads nothing else.
"""
