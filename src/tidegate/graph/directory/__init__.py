"""Organization, users, groups, invitations and tenant relationships, as Graph shows them."""
