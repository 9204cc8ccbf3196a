"""What signs in: one Account per person, with password, TOTP and passkeys.

Global, without tenants. The only room that knows django-allauth.
"""
