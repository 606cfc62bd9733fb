"""Handovers: the plan of what changes, the booklet for the new owner, and the commit."""
