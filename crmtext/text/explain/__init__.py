"""Mistakes in text, in words."""
