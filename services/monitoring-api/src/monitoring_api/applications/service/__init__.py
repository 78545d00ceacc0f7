"""Use cases of applications, one file per kind of act."""
