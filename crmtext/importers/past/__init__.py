"""The imports in the history: their commits, changes and decisions."""
