"""Use cases of acts: plan, apply, record; one module per step."""
