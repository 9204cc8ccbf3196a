"""Teams, Slack and other chats through the Apprise library, which knows how each wants to be spoken to.

Only services of an allow-list, and only over our own client for outgoing HTTP.
"""
