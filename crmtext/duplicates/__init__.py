"""Find customers that may be duplicates."""
