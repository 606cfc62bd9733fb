"""Figures over all customers of a snapshot, such as the list of due work."""
