"""The audit log (`auditLogs/directoryAudits`), as Graph shows it."""
