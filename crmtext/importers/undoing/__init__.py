"""Undoing an import: its commit, its records as they are now, their fates, and the edits made since."""
