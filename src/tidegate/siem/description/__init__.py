"""What the SIEM API and both Defender APIs say of themselves, for clients that are made from descriptions.

Members and words are those that the answers are made with. What Microsoft's pages leave open stays open.
"""
