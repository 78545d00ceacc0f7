"""Use cases of moves between regions."""
