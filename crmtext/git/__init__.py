"""Everything that speaks to git."""
