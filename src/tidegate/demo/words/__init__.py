"""Lists of words from which the made-up world is put together."""
