"""Microsoft Graph's shapes: security, directory and entitlement management, at Graph's paths.

Programs written for Microsoft Graph work here with only the base address changed. This surface holds no
tables and writes no rows: it reads tokens through `oauth`, opens the gate, and calls actions and queries.
"""
