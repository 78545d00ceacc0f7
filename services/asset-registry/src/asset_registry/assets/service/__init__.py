"""Use cases of the ledgers; one module per verb."""
