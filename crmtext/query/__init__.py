"""Questions about customers: the language of `--where`, and paths to values."""
