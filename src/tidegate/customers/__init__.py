"""What a provider keeps about the tenants that its people enter: groups of them, tags, service levels.

All of it belongs to the provider: `tenant` is the home tenant of the people who made it, and only members
of that tenant see it; the customers know nothing of it. It says which tenants are meant and opens none:
whoever asks meets it with what they may enter, which is the gate's business.
"""
