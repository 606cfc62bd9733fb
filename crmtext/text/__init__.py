"""A record as text: read strictly, found by position, changed by splicing."""
