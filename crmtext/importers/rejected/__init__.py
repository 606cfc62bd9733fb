"""Rows that didn't come in, or not whole, as files to fix and import again."""
