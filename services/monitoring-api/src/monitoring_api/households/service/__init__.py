"""Use cases of the register; one module per verb."""
