"""The analysts' queue: alerts, incidents, evidence, comments, and how they come in.

An analyst reads and changes them through a Scope; an import brings them in for one
tenant. This room does not decide who may see what (the gate does) and never sends
anything anywhere.
"""
