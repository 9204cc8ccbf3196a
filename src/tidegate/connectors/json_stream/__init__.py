"""Cutting a stream of bytes into JSON records, in memory bounded by one record, whatever the bytes are.

Knows JSON (RFC 8259) and three containers (a list, `{"value": [...]}`, one after another); does not know
what a record means.
"""
