"""Commands of Django's that this product does in its own way."""
