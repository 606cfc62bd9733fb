"""Fields, values, amounts and people in words."""
