"""The authorization server: OAuth 2.0 and OpenID Connect for programs, at Entra's paths, one issuer a tenant.

A program asks for a token of one tenant for one API; a person consents where it acts for them. What may
be done with a token is not decided here: `gate.applications` compares it with the rows of the instant,
on each call. `bearer` is how the surfaces above read one.
"""
