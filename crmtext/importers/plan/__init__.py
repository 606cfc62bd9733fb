"""The plan of an import: what is new, changed, the same or in doubt."""
