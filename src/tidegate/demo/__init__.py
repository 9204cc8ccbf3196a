"""The made-up world: one provider, a dozen customers, thirty days of alerts.

Seeded and deterministic. It writes through the same actions and the same import
as everybody else, so what the demo shows is what the product does.

`world` says who there is; `incidents` what happened to them, in Microsoft Graph's shapes;
`live` what happens next. All three are plain data: they know no database. Every name is
invented, every domain ends in `.example`, every address is from a documentation range.
"""
