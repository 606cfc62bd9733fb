"""The checks of the work tree, staged files, one change, commits and a push."""
