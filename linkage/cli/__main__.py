"""`python -m linkage.cli` is the command `linkage`."""

from linkage.cli import main

main()
