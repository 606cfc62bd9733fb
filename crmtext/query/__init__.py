"""Queries: the language of `--where`, paths to values, lists of customers, and search by name."""
