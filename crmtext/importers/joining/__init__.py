"""Rows of all sheets joined into customers."""
