"""Text on a terminal; knows no command."""
