"""Foreign formats and services: plain data in, plain data out.

One folder per kind. A connector knows neither tenants nor tables: it turns what
another system wrote into the records of `records.py`, and says what it could not read.
"""
