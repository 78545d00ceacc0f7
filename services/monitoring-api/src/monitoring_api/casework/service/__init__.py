"""Use cases of cases; one module per verb."""
