"""The form of a document. Members are named as the product's own fields; what is left out is left alone.

docs/manifest.schema.json is made from these classes: their docstrings are its descriptions.
"""
