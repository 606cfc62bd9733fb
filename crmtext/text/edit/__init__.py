"""Text changed by splicing, and verified."""
