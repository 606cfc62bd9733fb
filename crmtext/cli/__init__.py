"""The command line, one command a file."""

# Empty: a hook that is answered without Click imports this, and `list` and `set` become names of it.
