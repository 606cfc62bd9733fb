"""The command line, one command a file."""

# Empty: hooks that run without Click import this, and the modules `list` and `set` become names in it.
