"""Channels: what carries a message away. One folder per kind; each is given plain data and sends it once.

They return what the other side answered, or raise `Undelivered`. Who is to be told, how often it is tried
and what becomes of it is decided by those who call them.
"""
