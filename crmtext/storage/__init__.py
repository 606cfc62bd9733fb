"""Writing safely: journal, files, commit, the user's index, HEAD."""
