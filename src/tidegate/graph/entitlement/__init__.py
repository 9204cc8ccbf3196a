"""Entitlement management (`identityGovernance/entitlementManagement`), as Graph shows it."""
