"""Use cases of duplicate persons."""
