"""Shared code of the commands."""
