"""Open pages: what each may be told while it is looked at, and who looks at what.

An open page holds a stream and gets hints: something of what you show has changed; somebody else looks, or no
longer does. A hint says no more than that. The page then asks for itself, through the gate, like any other
request. What has changed is read from the audit log; who may be told is asked of the gate with each hint.
"""
