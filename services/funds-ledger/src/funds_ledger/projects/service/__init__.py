"""Use cases of the project library; one module per verb."""
