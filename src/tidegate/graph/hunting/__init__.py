"""`security/runHuntingQuery`: a query in KQL over the token's tenant, or over every tenant that consented."""
