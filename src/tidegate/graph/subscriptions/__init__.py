"""Change notifications: subscriptions to what happens in a tenant, as Graph shows them."""
