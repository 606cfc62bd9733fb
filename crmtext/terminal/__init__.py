"""Text on a terminal, independent of commands."""
