"""`linkage test`: every check of the project, from one command."""
