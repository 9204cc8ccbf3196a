"""Alerts and incidents (`security/alerts_v2`, `security/incidents`), as Graph shows them."""
