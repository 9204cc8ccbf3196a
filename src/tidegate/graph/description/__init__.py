"""How Graph describes itself here: the service document, `$metadata`, and our own OpenAPI description.

All are made from what each part declares (`graph.model`), and say only what is served.
"""
