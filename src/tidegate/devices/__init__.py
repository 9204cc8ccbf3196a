"""The devices and identities that a tenant's alerts name.

They come out of evidence. This room keeps what was last known of each; it does not
manage them and it knows nothing of alerts.
"""
