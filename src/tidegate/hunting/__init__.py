"""Hunting: KQL, Microsoft's query language, over the tenants in scope.

A query is read (`language`), checked against the tables of Microsoft's advanced hunting schema (`tables`),
turned into one SQL statement (`compiling`) in the words of the engine (`engines`), and run within limits
(`running`). Every table of a query is a queryset that the rooms below have put into the scope already: which
tenants, and which devices in them. Nothing that somebody wrote becomes part of the SQL: values are
parameters, columns are numbered. This room holds no tables, and writes nothing but audit events.
"""
