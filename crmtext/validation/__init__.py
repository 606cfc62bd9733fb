"""The check run for the work tree, staged files, one change, commits and a push."""
