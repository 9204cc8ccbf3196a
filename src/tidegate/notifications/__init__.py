"""Who is told what, and whether it arrived: rules, notifications, deliveries, and the channels they take.

It reads the audit log as its outbox. It decides nothing about who may see what: a rule sees what its
owner may see at the moment of sending, and the gate says what that is.
"""
