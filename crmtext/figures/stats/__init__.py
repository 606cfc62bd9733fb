"""The engine of `stats` and of every report: groups × measures."""
