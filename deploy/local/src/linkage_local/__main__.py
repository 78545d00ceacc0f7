"""``python -m linkage_local``, which the `linkage` script runs."""

from linkage_local.cli import main

main()
