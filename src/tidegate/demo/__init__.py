"""The made-up world: one provider, a dozen customers, thirty days of alerts.

Seeded and deterministic. It writes through the same actions and the same import
as everybody else, so what the demo shows is what the product does."""
