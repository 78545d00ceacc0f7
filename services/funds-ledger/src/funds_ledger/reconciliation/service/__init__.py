"""Use cases: ``months`` for a month as a whole, ``work`` for what is done in it."""
