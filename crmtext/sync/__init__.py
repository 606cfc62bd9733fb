"""Fetch, merge, check, push; conflicts found and resolved."""
