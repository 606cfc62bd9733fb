"""The past of a store, from its commits: only changed records are read."""
