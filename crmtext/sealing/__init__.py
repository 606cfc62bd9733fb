"""Masked values and masked records."""
