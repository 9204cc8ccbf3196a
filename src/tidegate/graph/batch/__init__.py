"""`$batch`: up to twenty calls in one, each answered as if it had come alone.

Microsoft, "Combine multiple HTTP requests using JSON batching"; OData JSON Format 4.01, section 19. The calls
run one after the other with the token of the whole; nothing undoes what one of them did when another fails.
"""
